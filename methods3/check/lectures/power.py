"""Questions 2.11, power: how many subjects, how many trials."""

import numpy as np
from scipy.stats import chi2, norm, t

from methods3.check.lectures.subject_costs import SUBJECT_COSTS
from methods3.check.lectures.two_intervals import TWO_INTERVALS
from methods3.check.questions import Mistake, Question
from mlm.studies.plan import slope_power

SLOPES, SIGMA = 6.0, 25.0  # standard deviations: slopes (ms/day), residuals (ms)


def slope_errors(noise, between=SLOPES**2, subjects=16):
    """Standard errors of the mean slope: one's line has some noise, or none."""
    return [np.sqrt((between + noise) / subjects), np.sqrt(between / subjects)]


def subjects_needed(days, sd_slope=SLOPES, sigma=SIGMA, alpha=0.05, wanted=0.8):
    """Fewest subjects with which the test of a slope of 4 has the wanted power."""
    subjects = np.arange(2, 1000)
    found = slope_power(subjects, days, 4, sd_slope, sigma, alpha)
    return int(subjects[found >= wanted][0])


def subjects_by_normal(groups=1):
    """Fewest subjects, in each of so many groups, if t were normal."""
    variance = SLOPES**2 + SIGMA**2 / 82.5
    size = norm.ppf(0.975) + norm.ppf(0.8)
    return int(np.ceil(groups * variance * (size / 4) ** 2))


def rejections(slope=0.0, sd_slope=SLOPES, days=20, subjects=10):
    """How often the t test of `(1 | Subject)` rejects, if slopes vary.

    The subjects' own lines put a multiple of χ² into the residual mean square, the days
    about them another: the mean over a grid of both, exact to three decimals.
    """
    spread = days * (days**2 - 1) / 12
    line = spread * sd_slope**2 + SIGMA**2
    df = subjects * (days - 1) - 1
    share = (np.arange(400) + 0.5) / 400
    lines = line * chi2.ppf(share, subjects - 1)[:, None]
    noise = SIGMA**2 * chi2.ppf(share, subjects * (days - 2))
    limit = t.ppf(0.975, df) * np.sqrt((lines + noise) / df / line)
    shift = slope * np.sqrt(subjects * spread / line)
    return (norm.sf(limit - shift) + norm.cdf(-limit - shift)).mean()


QUESTIONS = {
    "2.11a": Question(
        lambda: [2, 5, 6],
        exact=True,
        kind="sentence",
        unordered=True,
        mistakes=(
            Mistake(
                lambda: [1, 2, 5, 6],
                "One too many: what is the truth in the line `Days` of A? Power is "
                "the chance to find what is there.",
            ),
            Mistake(
                lambda: [2, 3, 5, 6],
                "One too many: Monte Carlo error is what the interval tells. Does that "
                "of B hold 0.05?",
            ),
            Mistake(
                lambda: [2, 4, 5, 6],
                "One too many: a simulation is never exact. Compare the closed form "
                "with the interval, not with the share.",
            ),
            Mistake(
                lambda: [5, 6],
                "Two found, one to go: does the interval of A hold what the test "
                "promises?",
            ),
            Mistake(
                lambda: [2, 6],
                "Two found, one to go: what happens in the studies that a power does "
                "not count?",
            ),
            Mistake(
                lambda: [2, 5],
                "Two found, one to go: how does the standard error of a share depend "
                "on the number of data sets?",
            ),
            Mistake(
                lambda: [1, 3, 4],
                "Those are the three wrong ones. The right ones are asked for.",
            ),
        ),
    ),
    "2.11b": Question(
        lambda: slope_errors(SIGMA**2 / 10),
        unit="ms/day",
        kind="standard error",
        mistakes=(
            Mistake(
                lambda: slope_errors(SIGMA**2 / 10, subjects=1),
                "That is for a single subject's slope. The mean of J slopes is known "
                "better: divide the variance by J.",
            ),
            Mistake(
                lambda: slope_errors(SIGMA**2 / 10, subjects=80),
                "You divided by the number of rows. Slopes are drawn once a subject, "
                "so it is subjects that count.",
            ),
            Mistake(
                lambda: slope_errors(SIGMA**2 / 10, subjects=15),
                "You divided by J − 1. That belongs into the *estimate* of a variance; "
                "here variances are given.",
            ),
            Mistake(
                lambda: slope_errors(SIGMA**2 / 10, between=0),
                "The variance of slopes is missing: subjects differ, however well each "
                "of them is measured.",
            ),
            Mistake(
                lambda: slope_errors(SIGMA**2 / 30),
                "The second is right. In the first, take the mean off the days before "
                "you square them: Σ(x − x̄)², not Σx².",
            ),
            Mistake(
                lambda: slope_errors(SIGMA**2 / 5),
                "The second is right. σ²/n is for the mean of n days; for a slope it "
                "is how far apart the days are that counts: Σ(x − x̄)².",
            ),
            Mistake(
                lambda: slope_errors(SIGMA**2 / 2.5),
                "The second is right. In the first you took the *variance* of the "
                "days. It is their sum of squares, not divided by n − 1.",
            ),
            Mistake(
                lambda: slope_errors(SIGMA / 10),
                "The second is right. In the first the residual standard deviation is "
                "not squared.",
            ),
            Mistake(
                lambda: [
                    (SLOPES + SIGMA / np.sqrt(10)) / 4,
                    slope_errors(0)[1],
                ],
                "The second is right. In the first you added standard deviations: "
                "square them before.",
            ),
            Mistake(
                lambda: [slope_errors(SIGMA**2 / 10)[0], 0],
                "The first is right. With endless trials every subject's slope is "
                "known exactly, but is the population's?",
            ),
            Mistake(
                lambda: [slope_errors(SIGMA**2 / 10)[0], SLOPES],
                "The first is right. The second is how much slopes vary; the mean of J "
                "of them varies less.",
            ),
        ),
    ),
    "2.11c": Question(
        lambda: subjects_needed(range(10)),
        kind="number of subjects",
        exact=True,
        mistakes=(
            Mistake(
                lambda: subjects_needed(range(10)) - 1,
                "With that many the power is a little below 0.8. If you simulated: "
                "shares of neighbours differ by less than their Monte Carlo error.",
            ),
            Mistake(
                lambda: subjects_needed(range(10)) + 1,
                "That many are enough, but not the fewest. If you simulated: "
                "neighbours differ by less than the Monte Carlo error.",
            ),
            Mistake(
                subjects_by_normal,
                "That is the formula with normal quantiles. Few subjects make t "
                "broader, and the study larger.",
            ),
            Mistake(
                lambda: subjects_needed(range(10), alpha=0.1),
                "That is a one-sided test at 5 %. This one is two-sided: half of alpha "
                "lies on each side.",
            ),
            Mistake(
                lambda: 10 * subjects_needed(range(10)),
                "That is the number of rows. How many subjects do they come from?",
            ),
            Mistake(
                lambda: subjects_needed(range(10), sigma=0),
                "The residual is forgotten: nobody's slope is known exactly from ten "
                "days.",
            ),
            Mistake(
                lambda: subjects_needed(range(10), sd_slope=0),
                "The variance of slopes is ignored, as if everybody had the same one. "
                "That is the plan of `(1 | Subject)`.",
            ),
            Mistake(
                lambda: subjects_needed(range(10), sd_slope=SLOPES**2),
                "A variance stands where `slope_power` asks for the standard deviation "
                "of slopes.",
            ),
            Mistake(
                lambda: subjects_needed(range(10), wanted=0.9),
                "That is for a power of 0.9. A little less is asked for.",
            ),
            Mistake(
                lambda: subjects_needed(range(10), wanted=0.5),
                "With that many the rise is found in half of all studies: where the "
                "estimate is expected just at the limit of the test.",
            ),
            Mistake(
                lambda: subjects_by_normal(groups=2),
                "That compares two groups of subjects. Here one mean slope is compared "
                "with 0.",
            ),
        ),
    ),
    "2.11d": Question(
        rejections,
        digits=2,
        within=0.025,
        kind="probability",
        mistakes=(
            Mistake(
                lambda: 0.05,
                "That is the promised rate. It holds if slopes do not vary, or if the "
                "analysis lets them: simulate the one, analyse the other.",
            ),
            Mistake(
                lambda: 1.0,
                "That is the colleague's own power, from a world in which everybody "
                "has the same slope.",
            ),
            Mistake(
                lambda: rejections(slope=3),
                "The effect is still in. A false positive needs a truth of 0.",
            ),
            Mistake(
                lambda: rejections(sd_slope=SLOPES**2),
                "The variance of slopes stands where their standard deviation belongs.",
            ),
            Mistake(
                lambda: rejections(days=10),
                "That is for ten days. The colleague plans more, to cure it: does it?",
            ),
            Mistake(
                lambda: 1 - rejections(slope=3),
                "That is how often this test *misses* an effect. Which truth and which "
                "share belong to a false positive?",
            ),
            Mistake(
                lambda: slope_power(10, range(20), 3, SLOPES, SIGMA),
                "That is the true power, of the analysis that lets slopes vary. Asked "
                "for are the false positives of the other one.",
            ),
        ),
    ),
    **SUBJECT_COSTS,
    **TWO_INTERVALS,
}
