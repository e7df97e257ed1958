"""Questions 1.5e to 1.5g: how far down the log-likelihood is at another slope."""

import numpy as np
from scipy import stats

from methods3.check.fits import line, person, rss
from methods3.check.questions import Mistake, Question


def interval(fall=None, half=None):
    """Return an interval around the slope of subject 308, in ms a day.

    It reaches ``half`` to both sides, or to where 2 log L has fallen by ``fall``.
    """
    around = 82.5  # the sum of squared distances of the days from their mean
    if half is None:
        half = np.sqrt(rss(line("308")) * np.expm1(fall / 10) / around)
    return line("308").fixef["Days"] + half * np.array([-1, 1])


def rss_at(slope):
    """Return the residual sum of squares of subject 308 at a slope, in ms²."""
    rows = person("308")
    left = rows["Reaction"] - slope * rows["Days"]
    return np.sum((left - left.mean()) ** 2)


def fall_at(slope):
    """Return by how much twice the log-likelihood of 308 is below its top there."""
    return 10 * np.log(rss_at(slope) / rss(line("308")))


def slope_se():
    """Return the standard error of subject 308's slope, in ms a day."""
    return line("308").se["Days"]


ANOTHER_SLOPE = {
    "1.5e": Question(
        answer=lambda: rss_at(30.0),
        unit="ms²",
        kind="sum of squares",
        mistakes=(
            Mistake(
                lambda: rss(line("308")),
                "That is at the best slope. At another one the sum is larger.",
            ),
            Mistake(
                lambda: np.sum(
                    (person("308")["Reaction"] - 30 * person("308")["Days"]) ** 2
                ),
                "There the intercept is 0. Give it its best value for this slope: the "
                "mean of what is left.",
            ),
            Mistake(
                lambda: np.sum(
                    (
                        person("308")["Reaction"]
                        - line("308").fixef["(Intercept)"]
                        - 30 * person("308")["Days"]
                    )
                    ** 2
                ),
                "The intercept is that of the best line. For another slope another "
                "one is best: the mean of what is left.",
            ),
            Mistake(
                lambda: rss_at(30.0) - rss(line("308")),
                "That is by how much it grows. The whole sum is asked.",
            ),
            Mistake(
                lambda: rss_at(30.0) / 10,
                "That is divided by n already. The sum is asked.",
            ),
            Mistake(
                lambda: np.sqrt(rss_at(30.0)),
                "That is the root of it.",
            ),
        ),
    ),
    "1.5f": Question(
        answer=lambda: fall_at(30.0),
        kind="fall",
        mistakes=(
            Mistake(
                lambda: fall_at(30.0) / 2,
                "That is the fall of the log-likelihood. Of twice that is asked.",
            ),
            Mistake(
                lambda: 10 * (rss_at(30.0) / rss(line("308")) - 1),
                "You have kept σ at its best value for the best slope. For this slope "
                "another σ is best, which makes the fall smaller.",
            ),
            Mistake(
                lambda: 8 * fall_at(30.0) / 10,
                "ML counts all ten observations: the factor before the logarithm is "
                "n, and not n - p.",
            ),
            Mistake(
                lambda: fall_at(30.0) / np.log(10),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: np.log(rss_at(30.0) / rss(line("308"))),
                "The factor before the logarithm is missing: how many observations "
                "are there?",
            ),
        ),
    ),
    "1.5g": Question(
        answer=lambda: interval(fall=stats.chi2.ppf(0.95, 1)),
        unit="ms a day",
        kind="slope",
        mistakes=(
            Mistake(
                lambda: interval(half=stats.t.ppf(0.975, 8) * slope_se()),
                "That is the interval from t. Here the ends are where the "
                "log-likelihood has fallen far enough.",
            ),
            Mistake(
                lambda: interval(half=stats.norm.ppf(0.975) * slope_se()),
                "That is the estimate ± 1.96 standard errors: a parabola in place of "
                "the log-likelihood. Use the log-likelihood itself.",
            ),
            Mistake(
                lambda: interval(fall=2 * stats.chi2.ppf(0.95, 1)),
                "You have let the log-likelihood fall by 3.84. It is twice the "
                "log-likelihood that may fall so far.",
            ),
            Mistake(
                lambda: interval(
                    half=np.sqrt(stats.chi2.ppf(0.95, 1) * rss(line("308")) / 825)
                ),
                "You have kept σ at its best value. For each slope another σ is "
                "best, and the curve is flatter for it.",
            ),
            Mistake(
                lambda: interval(fall=stats.chi2.ppf(0.95, 1) / 2),
                "You have let twice the log-likelihood fall by half of 3.84. It may "
                "fall by all of it.",
            ),
            Mistake(
                lambda: (
                    line("308").fixef["Days"]
                    + np.array([-2, 2]) * line("308").se["Days"]
                ),
                "That is the estimate ± two standard errors: a parabola in place "
                "of the log-likelihood. Use the log-likelihood itself.",
            ),
            Mistake(
                lambda: interval(fall=1),
                "You have let it fall by 1, which is about one standard error. It "
                "may fall by all of `cut`.",
            ),
        ),
    ),
}
