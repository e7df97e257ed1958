"""Questions 2.4, reading the fit: what a print-out says of groups and of residuals."""

import numpy as np

from methods3.check.fits import dyestuff_fit, fitted, own_lines, sds
from methods3.check.lectures.pastes import PASTES
from methods3.check.questions import Mistake, Question

DAY_332 = "Subject == '332' and Days == 6"
SWAPPED = "(Subject == '332' and Days == 7) or (Subject == '308' and Days == 6)"
TWO_DAYS = f"({DAY_332}) or (Subject == '308' and Days == 7)"


def dyestuff(reml=True):
    """Standard deviations between batches of dyestuff, and within."""
    return sds(dyestuff_fit(reml), "Batch")


def share(parts):
    """First part of the whole."""
    return parts[0] / sum(parts)


def sigma_without(days):
    """Residual standard deviation without some rows of the sleep study."""
    return fitted(where=f"not ({days})").sigma


def conditional_sd(column=1):
    """Conditional standard deviations of a random effect: ndarray, length 18."""
    return np.sqrt(fitted().condvar["Subject"][:, column, column])


def beyond(reach, column="Days"):
    """How many people's random effects lie further from 0 than that."""
    return int(np.sum(fitted().ranef["Subject"][column].abs() > reach))


QUESTIONS = {
    "2.4a": Question(
        lambda: share(dyestuff() ** 2),
        digits=3,
        kind="share",
        mistakes=(
            Mistake(
                lambda: share(dyestuff()),
                "You took a share of standard deviations. They do not add up; "
                "variances do.",
            ),
            Mistake(
                lambda: share(dyestuff()[::-1] ** 2),
                "That is the share within batches. Asked is the other part.",
            ),
            Mistake(
                lambda: np.divide(*dyestuff() ** 2),
                "That compares one part with the other. "
                "A share compares it with the whole.",
            ),
            Mistake(
                lambda: share(dyestuff(reml=False) ** 2),
                "That comes from maximum likelihood. The print-out is by REML.",
            ),
            Mistake(
                lambda: dyestuff()[0],
                "So large is the standard deviation between batches, and about so many "
                "percent is their part. Give a share of the variance, between 0 and 1.",
            ),
            Mistake(
                lambda: 1 / np.divide(*dyestuff() ** 2),
                "That compares one part with the other. A share compares it with "
                "the whole.",
            ),
            Mistake(
                lambda: 1 - share(dyestuff()),
                "Standard deviations do not add up; variances do. And is this the "
                "part between batches?",
            ),
            Mistake(
                lambda: dyestuff()[0] ** 2,
                "That is the variance between batches. Divide it by the whole.",
            ),
        ),
    ),
    "2.4b": Question(
        lambda: fitted().coef["Subject"].loc["335"] @ [1, 5],
        unit="ms",
        kind="time",
        mistakes=(
            Mistake(
                lambda: fitted().fixef @ [1, 5],
                "That is the average person on day 5. Add what is special about 335.",
            ),
            Mistake(
                lambda: fitted().ranef["Subject"].loc["335"] @ [1, 5],
                "That is how far 335 lies from the average person on day 5. "
                "Where is the average person?",
            ),
            Mistake(
                lambda: (
                    fitted().fixef @ [1, 5]
                    + fitted().ranef["Subject"].loc["335"].iloc[0]
                ),
                "You moved the start of the line. Its slope is another one, too.",
            ),
            Mistake(
                lambda: own_lines().loc["335"] @ [5, 1],
                "That is the line of 335 alone, without pooling. "
                "The model's line is asked for.",
            ),
            Mistake(
                lambda: fitted().coef["Subject"].loc["335"].sum(),
                "That is day 1. The slope counts once for each day, and it is day 5.",
            ),
            Mistake(
                lambda: (
                    fitted().fixef @ [1, 5] + fitted().ranef["Subject"].loc["335"].sum()
                ),
                "The average slope is multiplied by the day, this person's share "
                "of the slope is not.",
            ),
            Mistake(
                lambda: (
                    fitted().fixef @ [1, 5]
                    - fitted().ranef["Subject"].loc["335"] @ [1, 5]
                ),
                "Mind the sign of the random effects: they are added.",
            ),
            Mistake(
                lambda: (
                    fitted().fixef @ [1, 5]
                    + 5 * fitted().ranef["Subject"].loc["335"].iloc[1]
                ),
                "So it is on day 4, or for a line with the average start. Is it "
                "day 5, and has 335 a start of its own?",
            ),
            Mistake(
                lambda: fitted().coef["Subject"].loc["308"] @ [1, 5],
                "That is subject 308.",
            ),
            Mistake(
                lambda: fitted().coef["Subject"].loc["335"].iloc[0],
                "That is the intercept of 335: day 0.",
            ),
        ),
    ),
    "2.4c": Question(
        lambda: fitted(reml=False).aic,
        digits=6,
        kind="criterion",
        mistakes=(
            Mistake(
                lambda: fitted(reml=False).criterion + 2 * 42,
                "That is the colleague's number. "
                "Which of those numbers are estimated, and which predicted?",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion + 2 * 5,
                "One parameter is missing. Random effects have variances and a "
                "covariance; what else scatters?",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion + 2 * 4,
                "Two parameters are missing. Count fixed effects, all of the random "
                "effects' variances and covariances, and the residual.",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion + 6,
                "The count is right. But each parameter costs 2.",
            ),
            Mistake(
                lambda: fitted().aic,
                "The count is right. But you began with the REML criterion: "
                "the deviance is asked for.",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion + 4,
                "Two fixed effects are counted. Variances, covariances and σ are "
                "estimated as well.",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion,
                "That is the deviance. Where is the price of the parameters?",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion + 2 * 7,
                "One too many: θ of two random effects has three numbers, to which "
                "fixed effects and σ come.",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion - 12,
                "The count is right, the sign is not: parameters cost something.",
            ),
            Mistake(
                lambda: fitted(reml=False).criterion + 6 * np.log(180),
                "That is BIC. Akaike's criterion charges 2 for each parameter.",
            ),
            Mistake(
                lambda: fitted(reml=False).loglik + 12,
                "You began with the log-likelihood. The deviance is -2 times that.",
            ),
            Mistake(
                lambda: 12 - fitted(reml=False).loglik,
                "You began with the log-likelihood. The deviance is -2 times that.",
            ),
        ),
    ),
    "2.4d": Question(
        lambda: sigma_without(TWO_DAYS),
        unit="ms",
        digits=5,
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: fitted().sigma,
                "That is the value with all rows. Were the two left out? "
                'Labels of subjects are text: `"332"`, not a number.',
            ),
            Mistake(
                lambda: sigma_without(DAY_332),
                "One row is left out, and two are meant.",
            ),
            Mistake(
                lambda: sigma_without("Subject in ('308', '332')"),
                "You left out the two people. Only one day of each is meant.",
            ),
            Mistake(
                lambda: sigma_without("Days in (6, 7)"),
                "You left out two days of everybody. "
                "Only one day of each of two people is meant.",
            ),
            Mistake(
                lambda: fitted().sigma - sigma_without(TWO_DAYS),
                "That is by how much it falls. Which value does it fall to?",
            ),
            Mistake(
                lambda: sigma_without("Subject == '308' and Days == 7"),
                "One row is left out, and two are meant.",
            ),
            Mistake(
                lambda: sigma_without(SWAPPED),
                "The days have changed places between the two people.",
            ),
            Mistake(
                lambda: fitted(where=f"not ({TWO_DAYS})").fixef["Days"],
                "That is the slope. The residual standard deviation is asked.",
            ),
        ),
    ),
    "2.4e": Question(
        lambda: beyond(1.96 * conditional_sd()),
        exact=True,
        kind="number of people",
        mistakes=(
            Mistake(
                lambda: beyond(conditional_sd()),
                "So many lie further off than one standard deviation. "
                "A 95 % interval reaches further.",
            ),
            Mistake(
                lambda: beyond(1.96 * conditional_sd() ** 2),
                "`condvar` holds variances. Take the root.",
            ),
            Mistake(
                lambda: beyond(1.96 * fitted().se["Days"]),
                "So many intervals hold 0, and so many modes lie beyond 1.96 "
                "standard errors of the average slope. Asked is whose own "
                "interval, from `fit.condvar`, leaves 0 out.",
            ),
            Mistake(
                lambda: beyond(1.96 * conditional_sd(0), "(Intercept)"),
                "Those are the intercepts. Take the other column.",
            ),
            Mistake(
                lambda: 18,
                "That is everybody. Whose interval leaves out 0?",
            ),
        ),
    ),
} | PASTES
