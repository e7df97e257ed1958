"""Questions 2.12, data that outgrow a laptop: a million ratings, and few who move."""

from functools import cache

import numpy as np
import pandas as pd

from methods3.check.questions import Mistake, Question
from mlm.fit import lmer

SITE = "rating ~ 1 + (1 | person) + (1 | film)"
PEOPLE, FILMS, RATINGS = 20_000, 8_000, 1_000_000
TRUTH = (0.5, 0.6, 0.85)  # standard deviations: people, films, residuals (points)
FEW = 100_000  # of the ratings
WANTED = 2e-4  # Monte Carlo error, as a share of a standard error
KNOWN = pd.DataFrame({"person": [17], "film": [777]})


@cache
def ratings():
    """Simulate the ratings as the notebook does, with its seed."""
    rng = np.random.default_rng(12)
    people = rng.normal(0, TRUTH[0], PEOPLE)
    films = rng.normal(0, TRUTH[1], FILMS)
    data = pd.DataFrame({"person": rng.integers(0, PEOPLE, RATINGS)})
    data["film"] = rng.integers(0, FILMS, RATINGS)
    own = people[data["person"]] + films[data["film"]]
    data["rating"] = 3.5 + own + rng.normal(0, TRUTH[2], RATINGS)
    return data


@cache
def site(rows=RATINGS):
    """Fit the first of the ratings."""
    return lmer(SITE, ratings()[:rows], solver="iterative")


def spreads():
    """Standard deviations of people, films and residuals."""
    fit = site()
    groups = [fit.varcorr.std_dev(name).iloc[0] for name in ("person", "film")]
    return [*groups, fit.sigma]


def spreads_of_means():
    """The same from the means of people and of films, and of all ratings."""
    data = ratings()
    means = [data.groupby(name)["rating"].mean().std() for name in ("person", "film")]
    return [*means, data["rating"].std()]


def gigabytes(kept, size=8, grown=100):
    """Memory of a full matrix, now and on the larger site."""
    now = size * kept**2 / 1e9
    return [now, grown * now]


def more_probes(power=2, wanted=WANTED):
    """By what factor the probes must grow, for the error that is wanted."""
    return (site(FEW).convergence.worst / wanted) ** power


def parts():
    """The intercept, and the effects of the person and of the film."""
    fit = site()
    effects = [
        fit.ranef[name]["(Intercept)"].loc[KNOWN[name][0]]
        for name in ("person", "film")
    ]
    return fit.fixef["(Intercept)"], *effects


def predicted(person=1.0, film=1.0, intercept=1.0):
    """Ratings of the film by the known person and by somebody new, in parts."""
    start, own, quality = parts()
    new = intercept * start + film * quality
    return [new + person * own, new]


def mean_of(name):
    """Mean rating of the known person, or of the film."""
    data = ratings()
    return data.loc[data[name] == KNOWN[name][0], "rating"].mean()


QUESTIONS = {
    "2.12a": Question(
        lambda: gigabytes(FILMS),
        unit="GB",
        kind="size",
        mistakes=(
            Mistake(
                lambda: gigabytes(PEOPLE),
                "You kept the people. Those with the most groups are taken out one "
                "at a time; what is left is a matrix of the others.",
            ),
            Mistake(
                lambda: gigabytes(PEOPLE + FILMS),
                "You kept everybody. One factor can be taken out group by group: "
                "which, so that as little as possible is left?",
            ),
            Mistake(
                lambda: gigabytes(FILMS, grown=10),
                "The first is right. Ten times as many films are ten times as many "
                "rows of the matrix, and as many columns?",
            ),
            Mistake(
                lambda: gigabytes(FILMS, grown=1000),
                "The first is right. The third power is that of time, the square is "
                "that of memory.",
            ),
            Mistake(
                lambda: gigabytes(FILMS, size=6 * 8),
                "Those are six of them, as many as a fit keeps. How large is one?",
            ),
            Mistake(
                lambda: gigabytes(FILMS, size=1),
                "You counted the numbers. Each takes 8 bytes.",
            ),
            Mistake(
                lambda: gigabytes(FILMS, size=4),
                "Half as much as it takes: are there 8 bytes for each number, and "
                "room for all of the matrix, its two triangles?",
            ),
        ),
    ),
    "2.12b": Question(
        spreads,
        unit="points",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: list(TRUTH),
                "Those are the numbers that were put in, or the answer with too few "
                "digits. What does the fit find, to four?",
            ),
            Mistake(
                lambda: [*site().theta, site().sigma],
                "The third is right. The others are θ, in units of σ: multiply.",
            ),
            Mistake(
                spreads_of_means,
                "Those are standard deviations of means. A mean scatters more than "
                "what it estimates, by the noise of its ratings.",
            ),
            Mistake(
                lambda: [spreads()[i] for i in (1, 0, 2)],
                "People and films have changed places: people first.",
            ),
            Mistake(
                lambda: [spreads()[i] for i in (2, 0, 1)],
                "The residual comes last: people, films, residual.",
            ),
        ),
    ),
    "2.12c": Question(
        more_probes,
        digits=2,
        kind="factor",
        mistakes=(
            Mistake(
                lambda: more_probes(power=1),
                "The error falls with the root of the number of probes, so this "
                "factor has to be squared.",
            ),
            Mistake(
                lambda: more_probes(power=0.5),
                "The other way round: the error is the root, so the probes are the "
                "square.",
            ),
            Mistake(
                lambda: more_probes(wanted=100 * WANTED),
                "A share is not a percentage: `worst` is 0.001, not 0.1, where the "
                "print-out says 0.1 %.",
            ),
            Mistake(
                lambda: 8 * more_probes(),
                "That is the number of probes that it would take. By what factor is "
                "it larger than now?",
            ),
            Mistake(
                lambda: (float(f"{site(FEW).convergence.worst:.1g}") / WANTED) ** 2,
                "Right in principle, but the print-out has too few digits: take the "
                "largest of `fit.convergence.monte_carlo`.",
            ),
            Mistake(
                lambda: 1 / more_probes(),
                "Upside down: more probes are needed, not fewer.",
            ),
            Mistake(
                lambda: (
                    (site(FEW).convergence.monte_carlo["film.(Intercept)"] / WANTED)
                    ** 2
                ),
                "That would do for the films. Another parameter has a larger error.",
            ),
            Mistake(
                lambda: (site(FEW).convergence.monte_carlo["sigma"] / WANTED) ** 2,
                "That would do for σ. Another parameter has a larger error.",
            ),
        ),
    ),
    "2.12d": Question(
        predicted,
        unit="points",
        kind="rating",
        mistakes=(
            Mistake(
                lambda: predicted(film=0),
                "The person is in it, and the film is not. This film is known, too, "
                "to both of them.",
            ),
            Mistake(
                lambda: [predicted()[0], predicted(film=0)[1]],
                "The first is right. The second person is unknown, but the film is "
                "not: others have rated it.",
            ),
            Mistake(
                lambda: predicted(intercept=0),
                "Those are how far the ratings lie from the usual one. Add the "
                "intercept.",
            ),
            Mistake(
                lambda: [mean_of("person"), mean_of("film")],
                "Those are the means of the person's ratings and of the film's. A "
                "prediction takes both effects together, and shrinks each.",
            ),
            Mistake(
                lambda: parts()[1:],
                "Those are the two effects. Each prediction is a sum: the intercept, "
                "and the effects of those that are known.",
            ),
            Mistake(
                lambda: [mean_of("person") + mean_of("film"), mean_of("film")],
                "Means hold the intercept, so it is in the sum twice. Effects are how "
                "far somebody is from it.",
            ),
            Mistake(
                lambda: predicted(person=2),
                "The second is right. In the first the person's effect is in twice.",
            ),
            Mistake(
                lambda: predicted()[::-1],
                "The two have changed places: the known person first.",
            ),
        ),
    ),
    "2.12e": Question(
        lambda: [1, 3, 5],
        exact=True,
        kind="sentence",
        unordered=True,
        mistakes=(
            Mistake(
                lambda: [1, 2, 3, 5],
                "One too many: compare the firms' standard deviation in both tables "
                "with the truth. Which is farther off, and by how much?",
            ),
            Mistake(
                lambda: [1, 3, 4, 5],
                "One too many: what do probes make smaller, the Monte Carlo error or "
                "the standard error?",
            ),
            Mistake(
                lambda: [1, 3, 5, 6],
                "One too many: how large is the error of the criterion, and how large "
                "a difference does the sentence speak of?",
            ),
            Mistake(
                lambda: [3, 5],
                "Two found, one to go: compare the probes of the two fits.",
            ),
            Mistake(
                lambda: [1, 5],
                "Two found, one to go: what do the two fits state as their error, and "
                "what does `mlm` aim at?",
            ),
            Mistake(
                lambda: [1, 3],
                "Two found, one to go: are two factors still crossed, if each worker "
                "is in one firm?",
            ),
        ),
    ),
}
