"""Questions 3.1, four ingredients: from a line to a probability, and which link."""

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.lectures.cars import POUNDS, by_line, cars, chance, gears, log_odds
from methods3.check.lectures.other_curves import OTHER_CURVES
from methods3.check.questions import Mistake, Question
from mlm.families import links

UNIT = (
    "That is as good as certain, which no such car is: was the weight in another unit "
    "(`wt` is in 1000 lb, which are 453.6 kg), or is the intercept missing?"
)


def automatic(wt=1500 / POUNDS):
    """Probability of an automatic car of a weight."""
    return 1 - chance(wt)


def means(eta=-0.5, **instead):
    """Means of a linear predictor by five links; some by another function."""
    named = {name: links.KNOWN[name].inverse for name in LINKS} | instead
    return np.array([function(np.float64(eta)) for function in named.values()])


def called(manual=False):
    """Cars that one half calls automatic (or manual): fitted means, and responses."""
    fitted = gears().fitted.to_numpy()
    which = (fitted > 0.5) == manual
    return fitted[which], cars()["am"].to_numpy()[which]


LINKS = ("logit", "probit", "cloglog", "log", "identity")

QUESTIONS = {
    "3.1a": Question(
        automatic,
        digits=3,
        kind="probability",
        hint="Convert the weight, put it into the line, come back from the log-odds; "
        "then ask of what that is the probability.",
        mistakes=(
            Mistake(
                lambda: 1 - automatic(),
                "That is the probability of a *manual* car: `am` is 1 for manual, and "
                "the model gives the probability of a 1.",
            ),
            Mistake(
                lambda: log_odds(1500 / POUNDS),
                "Those are the log-odds of a manual car. Two steps are left: back to a "
                "probability, and from manual to automatic.",
            ),
            Mistake(
                lambda: -log_odds(1500 / POUNDS),
                "Those are the log-odds of an automatic car. One step is left: back to "
                "a probability.",
            ),
            Mistake(
                lambda: np.exp(log_odds(1500 / POUNDS)),
                "Those are the odds of a manual car, to one. What are those of an "
                "automatic, and what probability is that?",
            ),
            Mistake(
                lambda: np.exp(-log_odds(1500 / POUNDS)),
                "Those are the odds of an automatic car, to one. Divide by one more "
                "than them, and you have the probability.",
            ),
            Mistake(lambda: automatic(1.5), UNIT),
            Mistake(lambda: chance(1.5), UNIT),
            Mistake(lambda: automatic(1500), UNIT),
            Mistake(lambda: chance(1500), UNIT),
            Mistake(lambda: expit(-gears().fixef["wt"] * 1500 / POUNDS), UNIT),
            Mistake(
                lambda: automatic(1.5 * POUNDS / 1000),
                "1500 kg are more than 1500 lb, and not fewer: divide by 453.6.",
            ),
            Mistake(
                lambda: 1 - by_line(1500 / POUNDS),
                "That is what the straight line says. The curve of `glm` is asked.",
            ),
            Mistake(
                lambda: by_line(1500 / POUNDS),
                "That is the straight line's, and for a manual car. The curve of "
                "`glm` is asked, and an automatic.",
            ),
            Mistake(
                lambda: 1 - np.exp(log_odds(1500 / POUNDS)),
                "You took the exponential for a probability. Those are odds: one step "
                "is left.",
            ),
            Mistake(
                lambda: automatic(round(1500 / POUNDS, 1)),
                "The weight was rounded too early, to 3.3. Round at the end.",
            ),
        ),
    ),
    "3.1b": Question(
        means,
        kind="mean",
        hint="Each function takes η to a mean. The three of probabilities give "
        "something between 0 and 1.",
        mistakes=(
            Mistake(
                lambda: means(0.5),
                "Those are the means of the same η without its sign: the minus is "
                "lost.",
            ),
            Mistake(
                lambda: means(cloglog=lambda eta: np.exp(-np.exp(eta))),
                "The third is the probability of *no* event. cloglog is about at least "
                "one: take it from 1.",
            ),
            Mistake(
                lambda: means(cloglog=lambda eta: np.exp(-np.exp(-eta))),
                "The third is the log-log link's, the mirror image. cloglog starts "
                "with 1 − ŷ.",
            ),
            Mistake(
                lambda: means(probit=norm.pdf),
                "The second is the height of the normal density. The probit's inverse "
                "is the share of the normal distribution below η.",
            ),
            Mistake(
                lambda: means(probit=norm.sf),
                "The second is the share of the normal distribution *above* η.",
            ),
            Mistake(
                lambda: means(logit=lambda eta: expit(-eta)),
                "The first is 1 − ŷ, a mirror image: which sign does η have in the "
                "exponent?",
            ),
            Mistake(
                lambda: means(logit=np.exp),
                "The first are the odds. A probability is odds over one more.",
            ),
            Mistake(
                lambda: means(log=lambda eta: 10**eta),
                "The fourth is a power of ten. The logarithms here are natural ones.",
            ),
            Mistake(
                lambda: means(log=np.abs),
                "The fourth: which function undoes a logarithm?",
            ),
            Mistake(
                lambda: means(cloglog=lambda eta: -np.expm1(-eta)),
                "The third lacks one exponential: log(−log(1 − ŷ)) has two logarithms "
                "to undo.",
            ),
            Mistake(
                lambda: means(cloglog=lambda eta: -np.expm1(-np.exp(-eta))),
                "The third: the sign of η is turned. In cloglog it is exp(η) that is "
                "subtracted.",
            ),
            Mistake(
                lambda: means(cloglog=lambda eta: -np.expm1(np.exp(eta))),
                "The third cannot be a probability: a minus is missing in its outer "
                "exponent.",
            ),
            Mistake(
                lambda: means(
                    logit=lambda eta: expit(-eta),
                    probit=norm.sf,
                    cloglog=lambda eta: np.exp(-np.exp(eta)),
                ),
                "The first three are probabilities of a 0. Those of a 1 are asked.",
            ),
        ),
    ),
    "3.1c": Question(
        lambda: called()[0].sum(),
        kind="expected number of cars",
        hint="What is the mean of a single toss, and of the sum of many?",
        mistakes=(
            Mistake(
                lambda: called()[1].sum(),
                "So many *are* manual. The question is how many the model expects: the "
                "sum of what?",
            ),
            Mistake(
                lambda: len(called()[0]),
                "So many cars are called automatic. How many of them does the model "
                "expect to be manual all the same?",
            ),
            Mistake(
                lambda: 0,
                "The rule calls none of them manual. But a probability of 0.3 is a "
                "third of a car, and they add up.",
            ),
            Mistake(
                lambda: (1 - called()[0]).sum(),
                "So many automatic cars are expected among them. The others are asked "
                "for.",
            ),
            Mistake(
                lambda: called()[0].mean(),
                "That is the mean probability. A number of cars is asked: there are "
                "twenty of them.",
            ),
            Mistake(
                lambda: len(called()[0]) * cars()["am"].mean(),
                "That is the share of manual cars among all 32, as if the weight said "
                "nothing. These twenty are the heavy ones.",
            ),
            Mistake(
                lambda: gears().fitted.sum(),
                "That is over all 32 cars (and equals the manual ones exactly: a "
                "logistic regression with an intercept always gets this sum right). "
                "Take those below one half.",
            ),
            Mistake(
                lambda: called(manual=True)[0].sum(),
                "Those are the manual cars expected among the others, which the rule "
                "calls manual.",
            ),
            Mistake(
                lambda: (1 - called(manual=True)[0]).sum(),
                "Those are the automatic cars expected among those that the rule calls "
                "manual: the other kind of mistake.",
            ),
            Mistake(
                lambda: called()[0].sum() + (1 - called(manual=True)[0]).sum(),
                "Those are all the mistakes that the rule is expected to make, of both "
                "kinds.",
            ),
            Mistake(
                lambda: gears().fitted[cars()["am"] == 0].sum(),
                "That is over the cars that *are* automatic. The rule chooses by the "
                "fitted probability.",
            ),
            Mistake(
                lambda: sum(by_line(wt) for wt in cars()["wt"][gears().fitted < 0.5]),
                "That is by the straight line. Add the probabilities of `glm`.",
            ),
            Mistake(
                lambda: (called()[0] * (1 - called()[0])).sum(),
                "That is the variance of the number. What is expected is a sum of "
                "probabilities.",
            ),
            Mistake(
                lambda: np.median(called()[0]) * len(called()[0]),
                "You took the median probability. A sum is twenty times the mean.",
            ),
            Mistake(
                lambda: (
                    len(called()[0]) * chance(cars()["wt"][gears().fitted < 0.5].mean())
                ),
                "That is the probability at the mean weight. The curve bends: add the "
                "probability of each car.",
            ),
            Mistake(
                lambda: called()[0].mean() * 32,
                "You multiplied by all 32 cars. The rule calls 20 automatic.",
            ),
        ),
    ),
    **OTHER_CURVES,
}
