"""Questions 2.1 to 2.6: from levels of measurement to the covariance of predictors."""

import warnings
from functools import cache

import numpy as np
import pandas as pd

from mlm.check.questions import Mistake, Question
from mlm.collinearity import vif
from mlm.datasets import (
    load_cake,
    load_dyestuff,
    load_dyestuff2,
    load_pastes,
    load_penicillin,
    load_simulated_epochs,
    load_simulated_recognition,
    load_sleepstudy,
)
from mlm.days2 import DAYS2, days2_data
from mlm.design import design_matrices
from mlm.errors import SingularFitWarning
from mlm.fit import lm, lmer
from mlm.proportions import proportion_interval

SLOPES = "Reaction ~ Days + (Days | Subject)"
NIGHTS = "Reaction ~ nights + (nights | Subject)"
SPEED = "Speed ~ Days + (Days | Subject)"
SHORT = "Days >= 2"  # from the baseline on


@cache
def sleepstudy():
    """Give the sleep study, with speeds (a second) and nights since the baseline."""
    data = load_sleepstudy()
    return data.assign(Speed=1000 / data["Reaction"], nights=data["Days"] - 2)


@cache
def fitted(formula=SLOPES, where="Days >= 0", reml=True):
    """Fit a model to the rows of the sleep study that are asked for."""
    return lmer(formula, sleepstudy().query(where), reml)


def own_lines(where="Days >= 0", predictor="Days"):
    """Give everybody's own line: a table of slopes and intercepts."""
    people = sleepstudy().query(where).groupby("Subject", observed=True)
    lines = {name: np.polyfit(p[predictor], p["Reaction"], 1) for name, p in people}
    return pd.DataFrame(lines, index=["slope", "intercept"]).T


def Sigma_1(formula=SLOPES, where="Days >= 0", reml=True):
    """Covariance of one subject's random effects: ndarray, shape (2, 2)."""
    return fitted(formula, where, reml).varcorr["Subject"].to_numpy()


def correlation(covariance, i=0, j=1):
    """Correlation that stands behind an entry of a covariance matrix."""
    C = np.asarray(covariance)
    return C[i, j] / np.sqrt(C[i, i] * C[j, j])


# 2.1 Why multilevel?


def guessers():
    """Everybody in the recognition task: experiment, share, Wilson's interval."""
    data = load_simulated_recognition()
    people = data.groupby(["experiment", "subject"], observed=True)["correct"]
    table = people.mean().rename("share").reset_index()
    table["low"], table["high"] = proportion_interval(
        people.sum().to_numpy(), people.size().to_numpy(), "wilson"
    )
    return table


def wald_end(p, n, reach=1.96):
    """Upper end of Wald's interval; the lower one if it reaches down."""
    return p + reach * np.sqrt(p * (1 - p) / n)


def weighted(weigh):
    """Mean of correct rejections minus hits, weighed by numbers of epochs."""
    data = load_simulated_epochs()
    cells = data.groupby(["subject", "condition"], observed=True)["power"]
    mean = cells.mean().unstack()
    difference = mean["correct_rejection"] - mean["hit"]
    return np.average(difference, weights=weigh(cells.size().unstack()))


def of_all_epochs():
    """Correct rejections minus hits, whoever the epochs come from."""
    epochs = load_simulated_epochs().groupby("condition", observed=True)["power"]
    return epochs.mean()["correct_rejection"] - epochs.mean()["hit"]


WHY = {
    "2.1a": Question(
        lambda: 9 * fitted(SPEED).fixef["Days"],
        unit="responses a second",
        digits=3,
        mistakes=(
            Mistake(
                lambda: fitted(SPEED).fixef["Days"],
                "That is the change from one day to the next. "
                "How many such steps lie between day 0 and day 9?",
            ),
            Mistake(
                lambda: fitted(SPEED).fixef @ [1, 9],
                "That is the speed on day 9. "
                "The change since day 0 needs no intercept.",
            ),
            Mistake(
                lambda: 9 * fitted().fixef["Days"],
                "That is how much longer a reaction takes, in ms. "
                "This model is about speed.",
            ),
        ),
    ),
    "2.1b": Question(
        lambda: wald_end(0.95, 20),
        mistakes=(
            Mistake(
                lambda: wald_end(0.95, 20, -1.96),
                "That is the lower end. The upper one lies as far from the share.",
            ),
            Mistake(
                lambda: wald_end(0.95, 1),
                "You used the standard deviation of a single trial. "
                "A mean of many trials varies less: where does n come in?",
            ),
            Mistake(
                lambda: 0.95 + 1.96 * 0.95 * 0.05 / 20,
                "You added a variance. The standard error is its root.",
            ),
            Mistake(
                lambda: wald_end(0.95, 20, 1),
                "That is one standard error up. A 95 % interval reaches further.",
            ),
        ),
    ),
    "2.1c": Question(
        lambda: np.sum(guessers()["low"] > 0.5),
        exact=True,
        mistakes=(
            Mistake(
                lambda: np.sum(guessers()["share"] > 0.5),
                "So many have a share above one half. "
                "For how many does the whole interval lie above it?",
            ),
            Mistake(
                lambda: len(guessers().query("low > 0.5 or high < 0.5")),
                "You counted every interval that leaves out one half. "
                "On which side of it is better than guessing?",
            ),
            Mistake(
                lambda: len(guessers().query("low > 0.5 and experiment == '1a'")),
                "That is the first experiment alone. There are two.",
            ),
        ),
    ),
    "2.1d": Question(
        lambda: 7 * fitted(NIGHTS, SHORT).fixef["nights"],
        unit="ms",
        digits=3,
        mistakes=(
            Mistake(
                lambda: 9 * fitted().fixef["Days"],
                "That is the report's number. "
                "What happened on days 0, 1 and 2 of this study?",
            ),
            Mistake(
                lambda: 9 * fitted(NIGHTS, SHORT).fixef["nights"],
                "The slope is the right one. "
                "But how many short nights had there been by day 9?",
            ),
            Mistake(
                lambda: 7 * fitted().fixef["Days"],
                "The number of nights is right. "
                "But this slope averages over days when nobody was short of sleep.",
            ),
            Mistake(
                lambda: fitted(NIGHTS, SHORT).fixef @ [1, 7],
                "That is a whole reaction time. "
                "Asked is how much longer it has become: leave the intercept out.",
            ),
        ),
    ),
    "2.1e": Question(
        lambda: weighted(lambda n: 1 / (1 / n).sum(axis=1)),
        mistakes=(
            Mistake(
                lambda: weighted(lambda n: 0 * n.sum(axis=1) + 1),
                "That is the mean of means: everybody counts the same. "
                "`np.average` takes weights.",
            ),
            Mistake(
                lambda: weighted(lambda n: n.sum(axis=1)),
                "You weighed by the number of epochs in all. With many of one kind and "
                "hardly any of the other, is a difference well known?",
            ),
            Mistake(
                lambda: weighted(lambda n: (1 / n).sum(axis=1)),
                "You weighed by the variance: the least certain people count most.",
            ),
            Mistake(
                lambda: weighted(lambda n: (1 / n).sum(axis=1) ** -0.5),
                "You weighed by one over the standard error. "
                "Asked is one over its square.",
            ),
            Mistake(
                of_all_epochs,
                "That puts everybody's epochs into two pots. "
                "First take the difference within each person.",
            ),
        ),
    ),
    "2.1f": Question(
        lambda: 30 / (30 + 1.96**2),
        mistakes=(
            Mistake(
                lambda: 1.96**2 / (30 + 1.96**2),
                "That is where the lower end leaves the range. "
                "You are nearly there: think of the mirror image.",
            ),
            Mistake(
                lambda: 30 / (30 + 1.96),
                "Almost. Look again at the step that gets rid of the root: "
                "was everything squared?",
            ),
            Mistake(
                lambda: 1 - 1.96 * np.sqrt(0.25 / 30),
                "You took the standard error of a share of one half. "
                "Near 1 it is smaller: keep it a function of the share.",
            ),
        ),
    ),
}


# 2.2 Live coding


@cache
def with_guests():
    """Fit the sleep study and two more people: one day of 373, two of 374."""
    guests = pd.DataFrame(
        {
            "Reaction": [245.0, 286.0, 288.0],
            "Days": [0, 0, 1],
            "Subject": ["373", "374", "374"],
        }
    )
    people = load_sleepstudy().astype({"Subject": str})
    return lmer(SLOPES, pd.concat([people, guests], ignore_index=True))


def misses(predicted):
    """Errors of predictions of everybody's last day."""
    return sleepstudy().query("Days == 9")["Reaction"] - predicted


def forecast(where="Days < 9", random=True):
    """Predict everybody's last day from the days that are asked for."""
    return fitted(where=where).predict(sleepstudy().query("Days == 9"), random)


def rms(values):
    """Root of the mean of squares."""
    return np.sqrt(np.mean(np.square(values)))


def range_of_slopes(spread, middle=None):
    """Range that holds 95 % of a normal distribution around the average slope."""
    middle = fitted().fixef["Days"] if middle is None else middle
    return middle + np.array([-1.96, 1.96]) * spread


LIVE = {
    "2.2a": Question(
        lambda: np.ceil((own_lines()["slope"].std() / 1.2) ** 2),
        mistakes=(
            Mistake(
                lambda: (own_lines()["slope"].std() / 1.2) ** 2,
                "The arithmetic is right. But people come whole: which way to round?",
            ),
            Mistake(
                lambda: np.floor((own_lines()["slope"].std() / 1.2) ** 2),
                "With so many the standard error is still a little too large. "
                "Which way to round?",
            ),
            Mistake(
                lambda: np.ceil(own_lines()["slope"].std() / 1.2),
                "The standard error falls with the root of the number of people. "
                "What undoes a root?",
            ),
            Mistake(
                lambda: np.ceil((own_lines()["slope"].std() / 1.2) ** 2) - 18,
                "So many more than there are now. How many is that in all?",
            ),
        ),
    ),
    "2.2b": Question(
        lambda: own_lines(SHORT)["slope"].sem(),
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: own_lines(SHORT)["slope"].std(),
                "That is how much the slopes scatter. "
                "Their mean is known better than that: how many slopes are there?",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].std(ddof=0) / np.sqrt(18),
                "Close: this standard deviation divides by n, as numpy does. "
                "A sample's divides by n − 1: say `ddof=1`.",
            ),
            Mistake(
                lambda: own_lines()["slope"].sem(),
                "That uses all ten days. Leave out days 0 and 1 first.",
            ),
            Mistake(
                lambda: lm("Reaction ~ Days", sleepstudy().query(SHORT)).se["Days"],
                "That takes all rows for independent. "
                "The sample here are eighteen slopes.",
            ),
        ),
    ),
    "2.2c": Question(
        lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1])),
        unit="ms/day",
        digits=3,
        mistakes=(
            Mistake(
                lambda: range_of_slopes(fitted().se["Days"]),
                "That is where the average slope may lie. "
                "Where people lie is another number of the print-out.",
            ),
            Mistake(
                lambda: range_of_slopes(fitted().sigma),
                "You used the scatter of days around a line, in ms. "
                "Which number is about slopes?",
            ),
            Mistake(
                lambda: range_of_slopes(own_lines()["slope"].std()),
                "You used the spread of the eighteen own lines. "
                "It holds their noise as well; the model takes that out.",
            ),
            Mistake(
                lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1]), middle=0),
                "The width is right, the middle is not. "
                "That is the range of the random effects: add what everybody shares.",
            ),
        ),
    ),
    "2.2d": Question(
        lambda: with_guests().coef["Subject"].loc["373", "Days"],
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: with_guests().fixef["Days"],
                "That is the average person's slope. "
                "The guest's own differs a little: `fit.coef` knows it.",
            ),
            Mistake(
                lambda: with_guests().ranef["Subject"].loc["373", "Days"],
                "That is how far the guest's slope lies from the average. "
                "Add what everybody shares.",
            ),
            Mistake(
                lambda: with_guests().coef["Subject"].loc["374", "Days"],
                "That is the other guest, who came on two days.",
            ),
            Mistake(
                lambda: with_guests().coef["Subject"].loc["373", "(Intercept)"],
                "That is the intercept. The slope stands beside it.",
            ),
        ),
    ),
    "2.2e": Question(
        lambda: rms(misses(forecast())),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: rms(misses(forecast(random=False))),
                "That predicts the average person for everybody. "
                "The model knows these people: use their random effects.",
            ),
            Mistake(
                lambda: rms(misses(own_lines("Days < 9").to_numpy() @ [9, 1])),
                "That is the error of the eighteen own lines. "
                "Asked is that of the mixed model.",
            ),
            Mistake(
                lambda: rms(misses(forecast("Days >= 0"))),
                "This model has seen day 9 already, so it does not predict. "
                "Fit it to the days before.",
            ),
            Mistake(
                lambda: misses(forecast()).abs().mean(),
                "That is the mean of the absolute errors. "
                "Square them first, and take the root of the mean.",
            ),
        ),
    ),
}


# 2.3 Design matrices


def two_people():
    """Z of person A on days 0 and 3, and of B on days 1, 2 and 4."""
    Z = np.zeros((5, 4))
    Z[:2, :2] = [[1, 0], [1, 3]]
    Z[2:, 2:] = [[1, 1], [1, 2], [1, 4]]
    return Z


def sizes(formula, data):
    """Columns of X, and of Z."""
    design = design_matrices(formula, data)
    return design.p, design.q


def rank_of_assay():
    """Rank of X and Z of the penicillin assay, side by side."""
    formula = "diameter ~ 1 + (1 | plate) + (1 | sample)"
    design = design_matrices(formula, load_penicillin())
    return np.linalg.matrix_rank(np.hstack([design.X, design.Z.toarray()]))


def gigabytes(rows=73421, columns=2972 + 1128, each=8, giga=1e9):
    """Size of a table of numbers."""
    return rows * columns * each / giga


def expected(moved=30, steeper=4, b=(-20, 3), day=5):
    """Expected reaction time of somebody who works nights, level by level."""
    intercept = 250 + moved + b[0]
    slope = 10 + steeper + b[1]
    return intercept + slope * day


DESIGN = {
    "2.3a": Question(
        two_people,
        exact=True,
        mistakes=(
            Mistake(
                lambda: two_people()[:, [0, 2, 1, 3]],
                "All columns are there. But they go person by person: "
                "both of A, then both of B.",
            ),
            Mistake(
                lambda: two_people()[:, [0, 2]],
                "Those are the random intercepts. `(day | person)` has slopes too.",
            ),
            Mistake(
                lambda: two_people()[:, [1, 3]],
                "Those are the random slopes. "
                "The intercept is always meant, also where the formula is silent.",
            ),
            Mistake(
                lambda: two_people()[:, :2] + two_people()[:, 2:],
                "That is X, which knows nothing of persons. "
                "In Z each person has columns of their own.",
            ),
        ),
    ),
    "2.3b": Question(
        lambda: sizes("angle ~ recipe * temp + (1 | recipe:replicate)", load_cake()),
        exact=True,
        mistakes=(
            Mistake(
                lambda: sizes("angle ~ recipe * temp + (1 | replicate)", load_cake()),
                "X is right. But replicate 1 of recipe A and replicate 1 of recipe B "
                "are two batters.",
            ),
            Mistake(
                lambda: sizes(
                    "angle ~ recipe + temp + (1 | recipe:replicate)", load_cake()
                ),
                "Z is right. In X the star stands for both main effects and their "
                "interaction.",
            ),
            Mistake(
                lambda: sizes(
                    "angle ~ recipe * temp + (temp | recipe:replicate)", load_cake()
                ),
                "X is right. What varies by batter stands left of the bar: "
                "the intercept alone.",
            ),
        ),
    ),
    "2.3c": Question(
        lambda: 20 * 2,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 20 * 4,
                "That is the colleague's number. Which of the four effects vary by "
                "school? The formula says so left of the bar.",
            ),
            Mistake(
                lambda: 20,
                "One column a school would be `(1 | school)`. "
                "What else stands left of the bar here?",
            ),
            Mistake(
                lambda: 2,
                "That is one school's share. How many schools are there?",
            ),
            Mistake(
                lambda: 400 * 2,
                "You gave every pupil effects of their own. "
                "A random effect belongs to a group.",
            ),
        ),
    ),
    "2.3d": Question(
        gigabytes,
        unit="gigabytes",
        mistakes=(
            Mistake(
                lambda: gigabytes(each=1),
                "You counted entries. Each of them takes eight bytes.",
            ),
            Mistake(
                lambda: gigabytes(columns=2972),
                "Those are the students' columns. Lecturers have columns in Z too.",
            ),
            Mistake(
                lambda: gigabytes(columns=2),
                "That is the little that is not 0. "
                "How much is it with the zeros stored as well?",
            ),
            Mistake(
                lambda: gigabytes(giga=2**30),
                "Nearly: you divided by a power of 2. "
                "Here a gigabyte is a billion bytes.",
            ),
        ),
    ),
    "2.3e": Question(
        rank_of_assay,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 1 + 24 + 6,
                "That is how many columns there are. Do all of them say something new?",
            ),
            Mistake(
                lambda: 24 + 6,
                "That would be so with one column too many. "
                "But there are two factors: add up the columns of each.",
            ),
            Mistake(
                lambda: 144,
                "That is how many rows there are. "
                "A rank is never more than the number of columns.",
            ),
        ),
    ),
    "2.3f": Question(
        expected,
        unit="ms",
        mistakes=(
            Mistake(
                lambda: expected(steeper=0),
                "Working nights makes the line steeper, too. "
                "Put both equations of level 2 in.",
            ),
            Mistake(
                lambda: expected(moved=0),
                "You have the slope. But working nights also moves the intercept.",
            ),
            Mistake(
                lambda: expected(b=(0, 0)),
                "That is the average person who works nights. "
                "This one has random effects as well.",
            ),
            Mistake(
                lambda: expected(b=(-20, 0)),
                "You have this person's intercept. The slope differs, too.",
            ),
            Mistake(
                lambda: expected(steeper=0) + 4,
                "The last fixed effect belongs to the slope: "
                "in one line it is multiplied by nights and by days.",
            ),
        ),
    ),
}


# 2.4 Reading the fit


@cache
def dyestuff(reml=True):
    """Standard deviations between batches of dyestuff, and within."""
    fit = lmer("Yield ~ 1 + (1 | Batch)", load_dyestuff(), reml)
    return np.array([fit.varcorr.std_dev("Batch").iloc[0], fit.sigma])


def share(parts):
    """First part of the whole."""
    return parts[0] / sum(parts)


def sigma_without(days):
    """Residual standard deviation without some rows of the sleep study."""
    return fitted(where=f"not ({days})").sigma


DAY_332 = "Subject == '332' and Days == 6"
TWO_DAYS = f"({DAY_332}) or (Subject == '308' and Days == 7)"


def conditional_sd(column=1):
    """Conditional standard deviations of a random effect: ndarray, length 18."""
    return np.sqrt(fitted().condvar["Subject"][:, column, column])


def beyond(reach, column="Days"):
    """How many people's random effects lie further from 0 than that."""
    return int(np.sum(fitted().ranef["Subject"][column].abs() > reach))


def pastes(lower, reml=True):
    """Standard deviations of strength: deliveries, what is below them, tests."""
    fit = lmer(f"strength ~ 1 + (1 | batch) + (1 | {lower})", load_pastes(), reml)
    groups = [fit.varcorr.std_dev(group).iloc[0] for group in ("batch", lower)]
    return np.array([*groups, fit.sigma])


READING = {
    "2.4a": Question(
        lambda: share(dyestuff() ** 2),
        digits=3,
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
        ),
    ),
    "2.4b": Question(
        lambda: fitted().coef["Subject"].loc["335"] @ [1, 5],
        unit="ms",
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
        ),
    ),
    "2.4c": Question(
        lambda: fitted(reml=False).aic,
        digits=6,
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
        ),
    ),
    "2.4d": Question(
        lambda: sigma_without(TWO_DAYS),
        unit="ms",
        digits=5,
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
        ),
    ),
    "2.4e": Question(
        lambda: beyond(1.96 * conditional_sd()),
        exact=True,
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
                "You used the standard error of the average slope. "
                "Each mode has an uncertainty of its own: `fit.condvar`.",
            ),
            Mistake(
                lambda: beyond(1.96 * conditional_sd(0), "(Intercept)"),
                "Those are the intercepts. Take the other column.",
            ),
        ),
    ),
    "2.4f": Question(
        lambda: pastes("batch:cask"),
        digits=3,
        mistakes=(
            Mistake(
                lambda: pastes("cask"),
                "This model takes cask a of one delivery for cask a of the next. "
                "They are different casks.",
            ),
            Mistake(
                lambda: pastes("batch:cask", reml=False),
                "That is maximum likelihood, which finds too little between ten "
                "deliveries. Use REML.",
            ),
            Mistake(
                lambda: pastes("batch:cask")[[1, 0, 2]],
                "The values are right. But deliveries come first, and the print-out "
                "begins with the factor that has more levels.",
            ),
            Mistake(
                lambda: pastes("batch:cask") ** 2,
                "Those are variances. Give standard deviations, "
                "which have the unit of the strength.",
            ),
        ),
    ),
}


# 2.5 Sigma, Lambda, theta

STATED = np.array([[30.0**2, -0.4 * 30 * 5], [-0.4 * 30 * 5, 5.0**2]])


def theta_of(covariance, sigma=20.0):
    """Elements of the lower-triangular factor, column by column."""
    T = np.linalg.cholesky(covariance) / sigma
    return T[[0, 1, 1], [0, 0, 1]]


def lines_without_noise(ddof=1, predictor="nights", noise=1):
    """Covariance of people's own lines, minus what is noise of least squares."""
    lines = own_lines(SHORT, predictor)[["intercept", "slope"]]
    x = sleepstudy().query(SHORT + " and Subject == '308'")[predictor]
    X = np.column_stack([np.ones(len(x)), x])
    sigma2 = lm("Reaction ~ Subject * Days", sleepstudy().query(SHORT)).sigma ** 2
    return np.cov(lines.T, ddof=ddof) - noise * sigma2 * np.linalg.inv(X.T @ X)


SIGMA = {
    "2.5a": Question(
        lambda: "c",
        mistakes=(
            Mistake(
                lambda: "a",
                "Both programs did what they were told. "
                "Correlation of the slope with what, on which day?",
            ),
            Mistake(
                lambda: "b",
                "Look at the two criteria. What do they say about the fits?",
            ),
            Mistake(
                lambda: "d",
                "Both used REML. What did they do differently?",
            ),
        ),
    ),
    "2.5b": Question(
        lambda: Sigma_1()[0, 1],
        unit="ms²/day",
        mistakes=(
            Mistake(
                lambda: 0.07 * 24.740 * 5.922,
                "That is the report's number. Which of its three factors lost most by "
                "rounding? The fit has it in full.",
            ),
            Mistake(
                lambda: 9.61,
                "That is what the slide prints, and it is a rounding slip. "
                "Take the number from the fit.",
            ),
            Mistake(
                lambda: Sigma_1()[0, 1] / fitted().sigma ** 2,
                "That is in units of the residual variance. Multiply by it.",
            ),
            Mistake(
                lambda: np.cov(fitted().ranef["Subject"].T)[0, 1],
                "That is the covariance of the eighteen modes. "
                "Asked is that of the population: `fit.varcorr`.",
            ),
        ),
    ),
    "2.5c": Question(
        lambda: Sigma_1()[0] @ [1, 9],
        unit="ms²",
        mistakes=(
            Mistake(
                lambda: Sigma_1()[0] @ [1, 9] + fitted().sigma ** 2,
                "You added the residual variance. "
                "Do two different days share a residual?",
            ),
            Mistake(
                lambda: Sigma_1()[0, 0],
                "That is what the intercept shares with itself. "
                "On day 9 the slope counts too, and it covaries with the intercept.",
            ),
            Mistake(
                lambda: np.array([1, 9]) @ Sigma_1() @ [1, 9],
                "That is day 9 with itself. One of the two days is day 0.",
            ),
            Mistake(
                lambda: Sigma_1()[0] @ [1, 81],
                "Day 9 comes in once, not twice: on day 0 the slope counts nothing.",
            ),
        ),
    ),
    "2.5d": Question(
        lambda: theta_of(STATED),
        mistakes=(
            Mistake(
                lambda: theta_of(STATED, sigma=1.0),
                "The factor is right, its unit is not: "
                "θ is measured in residual standard deviations.",
            ),
            Mistake(
                lambda: theta_of(STATED, sigma=400.0),
                "You divided by the residual variance. "
                "A factor of a covariance has the unit of a standard deviation.",
            ),
            Mistake(
                lambda: np.array([30 / 20, -0.4, 5 / 20]),
                "Those are relative standard deviations, and the correlation. "
                "θ holds the entries of the factor T.",
            ),
            Mistake(
                lambda: theta_of(STATED)[[0, 2, 1]],
                "All three are there. Go down the columns of T: first column first.",
            ),
        ),
    ),
    "2.5e": Question(
        lambda: -Sigma_1()[0, 1] / Sigma_1()[1, 1],
        unit="days",
        digits=3,
        mistakes=(
            Mistake(
                lambda: -Sigma_1()[0, 1] / Sigma_1()[0, 0],
                "You divided by the variance of the intercepts. "
                "What multiplies c in your equation?",
            ),
            Mistake(
                lambda: Sigma_1()[0, 1] / Sigma_1()[1, 1],
                "The size is right. Which side of day 0 is it on? "
                "Bring the covariance to the other side of the equation.",
            ),
            Mistake(
                lambda: -correlation(Sigma_1()),
                "That is a correlation, which has no unit. c is a day.",
            ),
        ),
    ),
    "2.5f": Question(
        lambda: correlation(lines_without_noise()),
        mistakes=(
            Mistake(
                lambda: correlation(lines_without_noise(noise=0)),
                "That is the correlation of the lines as they come. "
                "Their own noise is still in it: subtract it.",
            ),
            Mistake(
                lambda: correlation(lines_without_noise(predictor="Days")),
                "There the count begins with the study. "
                "The intercept should be at the baseline.",
            ),
            Mistake(
                lambda: correlation(Sigma_1()),
                "That is from all ten days. Leave out days 0 and 1.",
            ),
            Mistake(
                lambda: lines_without_noise()[0, 1],
                "That is the covariance. Divide by both standard deviations.",
            ),
            Mistake(
                lambda: correlation(lines_without_noise(ddof=0)),
                "Your covariance divides by the number of people, as in maximum "
                "likelihood. REML divides by one less.",
            ),
        ),
    ),
}


# 2.6 Why do we care about covariance?


def squared_days(centre=0):
    """Days and their square, counted from a day."""
    days = load_sleepstudy()["Days"] - centre
    return pd.DataFrame({"Days": days, "squared": days**2})


@cache
def days2_fit(seed):
    """Fit both predictors, fixed and random."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        return lmer(DAYS2, days2_data(seed))


@cache
def days2_vcov(seed):
    """Covariance of the two slopes by least squares: ndarray, shape (2, 2)."""
    return lm("Reaction ~ Days + Days2", days2_data(seed)).vcov.to_numpy()[1:, 1:]


def se_of(vcov, weights):
    """Standard error of a weighted sum of estimates."""
    return np.sqrt(np.array(weights) @ vcov @ weights)


def mean_squares():
    """Mean squares between and within the constructed batches: 6 of 5."""
    groups = load_dyestuff2().groupby("Batch", observed=True)["Yield"]
    return 5 * groups.mean().var(), groups.var().mean()


COVARIANCE = {
    "2.6a": Question(
        lambda: 45,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 2 * 45,
                "So many rows has Σ. Now look at the column `Corr`: "
                "if you know a batter's intercept, what do you know of its slope?",
            ),
            Mistake(
                lambda: 1,
                "That is the rank of one batter's block. How many blocks are there?",
            ),
            Mistake(
                lambda: 2,
                "Those are the rows of one batter's block. "
                "How many of them are independent, and how many blocks are there?",
            ),
            Mistake(
                lambda: 0,
                "Both standard deviations are above 0, so batters do differ.",
            ),
        ),
    ),
    "2.6b": Question(
        lambda: vif(squared_days()).iloc[0],
        mistakes=(
            Mistake(
                lambda: squared_days().corr().iloc[0, 1],
                "That is the correlation. The factor is computed from its square.",
            ),
            Mistake(
                lambda: 1 - squared_days().corr().iloc[0, 1] ** 2,
                "That is what the other predictor leaves unexplained. "
                "One more step: its inverse.",
            ),
            Mistake(
                lambda: vif(squared_days()).iloc[0] ** 0.5,
                "That is by how much a standard error grows. "
                "The factor is about its square.",
            ),
            Mistake(
                lambda: vif(squared_days(4.5)).iloc[0],
                "That is after centring, and the next step of this exercise. "
                "First count the days as they come.",
            ),
        ),
    ),
    "2.6c": Question(
        lambda: [2.0, 6.0],
        mistakes=(
            Mistake(
                lambda: [5.0, 5.0],
                "Those made the data. They lie on the line; "
                "but another pair on it is nearer to 0.",
            ),
            Mistake(
                lambda: [20.0, 0.0],
                "That is what remains when the second column is dropped. "
                "It lies on the line, but not nearest to 0.",
            ),
            Mistake(
                lambda: [10.0, 10 / 3],
                "You shared the sum equally. The shortest way from 0 to a line "
                "meets it at a right angle.",
            ),
            Mistake(
                lambda: [0.0, 20 / 3],
                "It lies on the line, and nearer than most. "
                "The shortest way meets the line at a right angle.",
            ),
        ),
    ),
    "2.6d": Question(
        lambda: days2_data(7)["Days"].corr(days2_data(7)["Days2"]),
        mistakes=(
            Mistake(
                lambda: correlation(days2_fit(7).varcorr["Subject"], 1, 2),
                "That is the colleague's number: it says how the effects of the two "
                "vary between people. Where are the predictors themselves?",
            ),
            Mistake(
                lambda: correlation(days2_fit(7).vcov, 1, 2),
                "That is how the two estimates vary together, in this model. "
                "Correlate the two columns of the data.",
            ),
            Mistake(
                lambda: correlation(days2_vcov(7)),
                "That is how two estimates of least squares vary together: "
                "where predictors agree, estimates make up for each other. "
                "Correlate the two columns of the data.",
            ),
            Mistake(
                lambda: vif(days2_data(7)[["Days", "Days2"]]).iloc[0],
                "That is the variance inflation factor. "
                "It comes from the number that is asked for.",
            ),
        ),
    ),
    "2.6e": Question(
        lambda: -np.diff(mean_squares())[0] / 5,
        mistakes=(
            Mistake(
                lambda: 0,
                "That is what `lmer` says, for a variance cannot be less. "
                "What does the difference of the mean squares say?",
            ),
            Mistake(
                lambda: -np.diff(mean_squares())[0],
                "The difference holds the batches' variance five times, "
                "once for each sample.",
            ),
            Mistake(
                lambda: mean_squares()[0] / 5,
                "That is the variance of the batches' means. "
                "Part of it is the samples' noise.",
            ),
            Mistake(
                lambda: (mean_squares()[0] / 5 - mean_squares()[1]) / 5,
                "The mean square between batches is five times the variance of "
                "their means.",
            ),
        ),
    ),
    "2.6f": Question(
        lambda: se_of(days2_vcov(1), [1, 2]),
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: se_of(np.diag(np.diag(days2_vcov(1))), [1, 2]),
                "You added two variances. But the two estimates covary, and strongly: "
                "what does the lecture's valley say about their sum?",
            ),
            Mistake(
                lambda: np.sqrt(np.diag(days2_vcov(1))) @ [1, 2],
                "Standard errors do not add up. Begin with the variance of a sum.",
            ),
            Mistake(
                lambda: se_of(days2_vcov(1), [1, 1]),
                "That is the sum of both. The second one counts twice.",
            ),
            Mistake(
                lambda: np.sqrt(days2_vcov(1)[0, 0]),
                "That is one coefficient alone. The sum is known much better.",
            ),
        ),
    ),
}

QUESTIONS = WHY | LIVE | DESIGN | READING | SIGMA | COVARIANCE
