"""Questions 1.4f and 1.4g: how uncertain the height of a line is."""

import numpy as np

from methods3.check.fits import everybody, line, sleepstudy
from methods3.check.questions import Mistake, Question


def se_of_line(day):
    """Return the standard error of subject 308's line at a day, in ms."""
    at = np.array([1, day])
    return np.sqrt(at @ line("308").vcov.to_numpy() @ at)


LINE_ERRORS = {
    "1.4f": Question(
        answer=lambda: everybody().sigma / np.sqrt(180),
        unit="ms",
        kind="standard error",
        mistakes=(
            Mistake(
                lambda: everybody().se["(Intercept)"],
                "That is for the height at day 0. Subtract the mean day from Days, "
                "and fit again.",
            ),
            Mistake(
                lambda: everybody().se["Days"],
                "That is the standard error of the slope, which does not notice "
                "where the days begin.",
            ),
            Mistake(
                lambda: sleepstudy()["Reaction"].std() / np.sqrt(180),
                "That takes the scatter around the mean. The line has taken some of "
                "it away: use what is left.",
            ),
            Mistake(
                lambda: everybody().sigma / np.sqrt(18),
                "You have divided by the number of people. That may well be wiser, "
                "but this model believes in 180 independent rows.",
            ),
            Mistake(
                lambda: everybody().sigma,
                "That is the residual standard deviation. A mean of many rows "
                "varies less.",
            ),
            Mistake(
                lambda: everybody().sigma / 180,
                "You divided by n. A standard error falls with its root.",
            ),
            Mistake(
                lambda: everybody().se["(Intercept)"] - 4.5 * everybody().se["Days"],
                "Standard errors do not shift as estimates do. Centre the days, "
                "and fit again.",
            ),
        ),
    ),
    "1.4g": Question(
        answer=lambda: se_of_line(12),
        unit="ms",
        kind="standard error",
        mistakes=(
            Mistake(
                lambda: np.hypot(
                    line("308").se["(Intercept)"], 12 * line("308").se["Days"]
                ),
                "You have added the two variances. The estimates are correlated, so "
                "twice their covariance, times the day, belongs to the sum.",
            ),
            Mistake(
                lambda: np.hypot(se_of_line(12), line("308").sigma),
                "That is for a new reaction time, which scatters around the line. "
                "How uncertain the line itself is, is asked.",
            ),
            Mistake(
                lambda: 12 * line("308").se["Days"],
                "That is the uncertainty of the slope alone, carried from day 0. The "
                "intercept is uncertain too, and they are correlated.",
            ),
            Mistake(
                lambda: line("308").se["(Intercept)"],
                "That is for day 0 (and, by symmetry, for day 9).",
            ),
            Mistake(
                lambda: line("308").sigma,
                "That is how much single times scatter around the line. How "
                "uncertain the line itself is, is asked.",
            ),
            Mistake(
                lambda: se_of_line(3),
                "That is the line at day 3. Three days after the last is another day.",
            ),
            Mistake(
                lambda: line("308").sigma * np.sqrt(0.1 + 144 / 82.5),
                "You took the distance from day 0. In the formula, days are "
                "counted from their middle.",
            ),
            Mistake(
                lambda: line("308").sigma * 7.5 / np.sqrt(82.5),
                "The part 1/n is missing: the line's height in the middle is "
                "uncertain as well.",
            ),
            Mistake(
                lambda: line("308").se @ [1, 12],
                "Standard errors do not add up. Begin with the variance of a sum.",
            ),
            Mistake(
                lambda: se_of_line(11),
                "That is the line at day 11, and one day further is asked.",
            ),
            Mistake(
                lambda: np.sqrt(
                    144 * line("308").vcov.iloc[1, 1]
                    + line("308").vcov.iloc[0, 0]
                    + 12 * line("308").vcov.iloc[0, 1]
                ),
                "The covariance comes in once. In the variance of a sum it stands "
                "twice.",
            ),
            Mistake(
                lambda: line("308").fixef @ [1, 12],
                "That is the height itself. How uncertain is it?",
            ),
            Mistake(
                lambda: 3 * line("308").se["Days"],
                "That is the uncertainty of the slope over three days. On the last "
                "day the line is uncertain already.",
            ),
        ),
    ),
}
