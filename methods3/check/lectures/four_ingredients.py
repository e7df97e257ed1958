"""Questions 3.1, four ingredients: from a line to a probability, and which link."""

from functools import cache

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_mtcars
from mlm.families import links
from mlm.fit import glm, lm

POUNDS = 453.59237  # kg in 1000 lb
FIREBIRD = 3.845
UNIT = (
    "That is as good as certain, which no such car is: was the weight in another unit "
    "(`wt` is in 1000 lb, which are 453.6 kg), or is the intercept missing?"
)


@cache
def cars():
    """Give the cars, with a column that is 1 for automatics."""
    return load_mtcars().assign(auto=lambda table: 1 - table["am"])


@cache
def gears(response="am", link="logit"):
    """Fit gears by weight."""
    return glm(f"{response} ~ wt", cars(), family="binomial", link=link)


@cache
def straight(squeeze=None):
    """Fit a line to zeros and ones, or to the log-odds of what is near them."""
    data = cars()
    if squeeze is None:
        return lm("am ~ wt", data)
    near = logit(data["am"].clip(squeeze, 1 - squeeze))
    return lm("near ~ wt", data.assign(near=near))


def log_odds(wt):
    """Log-odds of a manual car of a weight."""
    return gears().fixef.to_numpy() @ [1, wt]


def by_line(wt, squeeze=None):
    """Height of the straight line at a weight."""
    return straight(squeeze).fixef.to_numpy() @ [1, wt]


def chance(wt, response="am", link="logit"):
    """Fitted probability of a 1 at a weight."""
    fit = gears(response, link)
    return fit.family.mean(fit.fixef.to_numpy() @ [1, wt])


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


def apart(curve=chance, at=(2, 3, 4), line=by_line):
    """How far a curve is above the line at some weights."""
    return np.array([curve(wt) - line(wt) for wt in at])


LINKS = ("logit", "probit", "cloglog", "log", "identity")


def of_automatics(wt):
    """Linear predictor of an automatic car of a weight, by the cloglog."""
    return gears("auto", "cloglog").fixef.to_numpy() @ [1, wt]


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
    "3.1d": Question(
        lambda: chance(3),
        digits=3,
        kind="probability",
        hint="What should be transformed, the responses or their mean? Which function "
        "of `mlm` does that?",
        mistakes=(
            Mistake(
                lambda: expit(by_line(3, squeeze=0.01)),
                "That is what the program says as it stands. It depends on the 0.01, "
                "which nobody measured.",
            ),
            Mistake(
                lambda: expit(by_line(3, squeeze=0.001)),
                "You brought the responses nearer to 0 and 1, and the answer moved. It "
                "will move with every such number: do not transform the responses at "
                "all.",
            ),
            Mistake(
                lambda: by_line(3),
                "Without the logit it is a straight line through zeros and ones. The "
                "logit belongs between the line and the mean.",
            ),
            Mistake(
                lambda: expit(by_line(3)),
                "You put the height of a straight line through zeros and ones into "
                "logit⁻¹. The line has to be fitted on the scale of log-odds.",
            ),
            Mistake(
                lambda: log_odds(3),
                "Those are the log-odds. Come back to a probability.",
            ),
            Mistake(
                lambda: np.exp(log_odds(3)),
                "Those are the odds. The probability is odds over one more than them.",
            ),
            Mistake(
                lambda: chance(3, link="cloglog"),
                "That is by the link cloglog. The program is about log-odds.",
            ),
            Mistake(
                lambda: chance(3, link="probit"),
                "The program is about log-odds. That is by the link probit, or the "
                "responses were moved to another place than 0.01: do not transform "
                "them at all.",
            ),
            Mistake(
                lambda: by_line(3, squeeze=0.01),
                "Those are the log-odds of the program as it stands, which depend on "
                "the 0.01.",
            ),
            Mistake(
                lambda: 1 - expit(by_line(3, squeeze=0.01)),
                "That is what the program says as it stands, and for an automatic. It "
                "depends on the 0.01, which nobody measured.",
            ),
            Mistake(
                lambda: chance(3000 / POUNDS),
                "The weight went in in another unit: `wt` is in 1000 lb, so 3000 lb "
                "are 3.",
            ),
        ),
    ),
    "3.1e": Question(
        apart,
        kind="difference",
        digits=3,
        within=0.00051,
        hint="Six heights, three of the curve and three of the line; then curve less "
        "line.",
        mistakes=(
            Mistake(
                lambda: apart(log_odds),
                "You subtracted the line from the log-odds. The line is a probability: "
                "take the curve's, too.",
            ),
            Mistake(
                lambda: apart(lambda wt: 1 - chance(wt)),
                "The curve is that of *automatic*, the line that of manual.",
            ),
            Mistake(
                lambda: apart(line=lambda wt: 0),
                "Those are the heights of the curve. Subtract the line's.",
            ),
            Mistake(
                lambda: apart(curve=lambda wt: 0, line=lambda wt: -by_line(wt)),
                "Those are the heights of the line. Subtract them from the curve's.",
            ),
            Mistake(
                lambda: apart(lambda wt: chance(wt) / by_line(wt), line=lambda wt: 0),
                "Those are ratios. Subtract.",
            ),
            Mistake(
                lambda: apart(line=lambda wt: expit(by_line(wt))),
                "You put the line through logit⁻¹. Its height is a probability "
                "already, as it stands.",
            ),
            Mistake(
                lambda: apart(at=(1, 2, 3)),
                "Those are the weights 1, 2 and 3. Asked are 2, 3 and 4.",
            ),
            Mistake(
                lambda: apart(lambda wt: np.exp(log_odds(wt))),
                "You subtracted the line from odds. The line is a probability: take "
                "the curve's, too.",
            ),
        ),
    ),
    "3.1f": Question(
        lambda: 1 - chance(FIREBIRD, "auto", "cloglog"),
        digits=3,
        kind="probability",
        hint="Fit a column that is 1 for automatics, and take its probability from 1.",
        mistakes=(
            Mistake(
                lambda: chance(FIREBIRD, "auto", "cloglog"),
                "That is the probability of an *automatic* Firebird, which is what a "
                "model of automatics gives.",
            ),
            Mistake(
                lambda: chance(FIREBIRD, link="cloglog"),
                "That is the lecture's, with manual as the 1. Here automatic is the 1, "
                "and it makes a difference.",
            ),
            Mistake(
                lambda: 1 - chance(FIREBIRD, link="cloglog"),
                "You modelled manual, as the lecture does, and took its probability "
                "from 1. Make *automatic* the 1 before the fit.",
            ),
            Mistake(
                lambda: chance(FIREBIRD),
                "That is by the logit, where it does not matter which of the two is "
                'the 1. Use `link="cloglog"`.',
            ),
            Mistake(
                lambda: chance(FIREBIRD, link="probit"),
                "That is by the probit, where it does not matter which of the two is "
                'the 1. Use `link="cloglog"`.',
            ),
            Mistake(
                lambda: gears("auto", "cloglog").fixef.to_numpy() @ [1, FIREBIRD],
                "That is the linear predictor. The inverse of cloglog makes a "
                "probability of it.",
            ),
            Mistake(
                lambda: 1 - expit(gears("auto", "cloglog").fixef @ [1, FIREBIRD]),
                "You came back by the inverse of the logit. Each link has its own.",
            ),
            Mistake(
                lambda: np.exp(of_automatics(FIREBIRD)),
                "That is the inner part of the way back: cloglog has another "
                "exponential and a 1 around it.",
            ),
            Mistake(
                lambda: norm.sf(of_automatics(FIREBIRD)),
                "You came back by the normal distribution, which undoes a probit. "
                "Each link has its own way back.",
            ),
            Mistake(
                lambda: expit(of_automatics(FIREBIRD)),
                "You came back by the inverse of the logit, and have the probability "
                "of an automatic. Each link has its own way back.",
            ),
            Mistake(
                lambda: 1 - chance(FIREBIRD),
                'That is by the logit, and for an automatic. Use `link="cloglog"`, '
                "and take the other outcome.",
            ),
            Mistake(
                lambda: 1 - chance(3, "auto", "cloglog"),
                "That is a car of 3000 lb. The Firebird weighs 3.845.",
            ),
            Mistake(
                lambda: np.exp(-np.exp(-of_automatics(FIREBIRD))),
                "That is the log-log link's way back, the mirror image of cloglog's.",
            ),
        ),
    ),
}
