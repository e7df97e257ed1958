"""Questions 1.3, levels of measurement: what survives a change of units."""

import numpy as np

from methods3.check.fits import insteval
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cake, load_radon
from mlm.fit import lm

# In the order in which the exercise names the variables.
LEVELS = ("nominal", "interval", "ordinal", "ratio", "interval", "ratio")
BECQUEREL = 37  # a picocurie per litre, in becquerels per cubic metre


def by_studage(semester):
    """Return the slope of ratings on the time at university, numbered in some way."""
    ratings = insteval()
    codes = ratings["studage"].cat.codes.to_numpy()
    return np.polyfit(np.asarray(semester)[codes], ratings["y"], 1)[0]


def log_radon_fit():
    """Coefficients of log radon on the floor where it was measured."""
    return lm("log_radon ~ floor", load_radon()).fixef


def uranium():
    """Return the logarithm of the uranium in the ground of each house's county."""
    return load_radon()["log_uranium"]


def with_uranium(column, method="pearson"):
    """Return the correlation of a column of the radon data with the uranium."""
    return load_radon()[column].corr(uranium(), method=method)


QUESTIONS = {
    "1.3a": Question(
        answer=lambda: LEVELS,
        mistakes=(
            Mistake(
                lambda: ("ordinal", *LEVELS[1:]),
                "One is not right: does a larger postcode mean more of anything?",
            ),
            Mistake(
                lambda: ("interval", *LEVELS[1:]),
                "One is not right: is the difference of two postcodes a quantity?",
            ),
            Mistake(
                lambda: (LEVELS[0], "ratio", *LEVELS[2:]),
                "One is not right: is ten o'clock twice as late as five o'clock, or "
                "only for those who begin to count at midnight?",
            ),
            Mistake(
                lambda: (*LEVELS[:2], "interval", *LEVELS[3:]),
                "One is not right: the first may have won by a second, and the "
                "second by an hour.",
            ),
            Mistake(
                lambda: (*LEVELS[:4], "ratio", LEVELS[5]),
                "One is not right: write the times in seconds instead of ms. What "
                "becomes of the logarithm, and of its 0?",
            ),
            Mistake(
                lambda: ("nominal", "ratio", "ordinal", "ratio", "ratio", "ratio"),
                "Two are not right: ask for each ratio whether its 0 means none, or "
                "whether somebody has put it there.",
            ),
            Mistake(
                lambda: (*LEVELS[:3], "interval", *LEVELS[4:]),
                "One is not right: what do 0 errors mean?",
            ),
            Mistake(
                lambda: (*LEVELS[:5], "interval"),
                "One is not right: what does an angle of 0 degrees say of the cake?",
            ),
        ),
    ),
    "1.3b": Question(
        answer=lambda: np.mean([1000 / 250, 1000 / 500]),
        unit="responses a second",
        kind="speed",
        mistakes=(
            Mistake(
                lambda: 1000 / 375,
                "That is the speed of the mean time. Turn each time into a speed "
                "first, then take the mean.",
            ),
            Mistake(
                lambda: 375,
                "That is the mean of the times, in ms. Speeds are asked, in "
                "responses a second.",
            ),
            Mistake(
                lambda: 0.375,
                "That is the mean of the times, in s. Speeds are asked, in responses "
                "a second.",
            ),
            Mistake(
                lambda: 6,
                "Each speed is right, and you have added them. Their mean is asked.",
            ),
            Mistake(
                lambda: 1000 / 750,
                "That is one over both times together. Turn each time into a speed "
                "first, then take the mean.",
            ),
            Mistake(
                lambda: 1000 / np.sqrt(250 * 500),
                "That is the geometric mean of the speeds. The plain one is asked.",
            ),
            Mistake(
                lambda: 2,
                "That is the difference of the two speeds, or the slower one. "
                "Their mean is asked.",
            ),
        ),
    ),
    "1.3c": Question(
        answer=lambda: load_cake()["temp"].mean() / (load_cake()["temp"].mean() - 32),
        kind="ratio",
        mistakes=(
            Mistake(
                lambda: 1,
                "A ratio of two numbers on an interval scale need not survive: the "
                "mean loses something that the standard deviation does not.",
            ),
            Mistake(
                lambda: 5 / 9,
                "So much does the standard deviation change. The mean changes too, "
                "and by another factor.",
            ),
            Mistake(
                lambda: 1 - 32 / load_cake()["temp"].mean(),
                "That is the factor from °C to °F. The other way is asked.",
            ),
            Mistake(
                lambda: 1 / (1 - 32 / load_cake()["temp"].mean()) / 1.8,
                "You have changed the standard deviation once too often: the size of "
                "the degrees changes it and the mean alike.",
            ),
            Mistake(
                lambda: 1.8,
                "That is what the size of the degrees does to the standard "
                "deviation. The mean changes by another factor.",
            ),
            Mistake(
                lambda: (load_cake()["temp"].mean() - 32) / 1.8,
                "That is the mean itself, in °C. Asked is by which factor the "
                "coefficient of variation changes.",
            ),
        ),
    ),
    "1.3d": Question(
        answer=lambda: by_studage([2, 4, 6, 8]),
        kind="slope",
        mistakes=(
            Mistake(
                lambda: by_studage([0, 1, 2, 3]),
                "That is the slope as it is printed. How many semesters lie between "
                "one code and the next?",
            ),
            Mistake(
                lambda: by_studage([0, 0.5, 1, 1.5]),
                "The factor goes the other way: a step of two semesters is larger "
                "than a step of one.",
            ),
            Mistake(
                lambda: by_studage([0, 1, 2, 3]) / 8,
                "You have divided by the number of semesters of the last group. What "
                "counts is how far apart neighbouring groups are.",
            ),
            Mistake(
                lambda: insteval()["studage"].cat.codes.corr(insteval()["y"]),
                "That is the correlation, which no change of units changes. The "
                "slope is asked.",
            ),
            Mistake(
                lambda: by_studage([0, 1, 2, 3]) / 4,
                "You divided by four. What counts is how far apart neighbouring groups "
                "are, and that once.",
            ),
        ),
    ),
    "1.3e": Question(
        answer=lambda: with_uranium("activity", method="spearman"),
        kind="correlation",
        mistakes=(
            Mistake(
                lambda: with_uranium("activity"),
                "That is the correlation of the values themselves, and it does not "
                "survive a logarithm. Rank both columns first.",
            ),
            Mistake(
                lambda: with_uranium("log_radon"),
                "That is the correlation with the logarithm. With ranks you would "
                "get one and the same number with and without it.",
            ),
            Mistake(
                lambda: with_uranium("activity", method="kendall"),
                "That is Kendall's, made of pairs. The correlation of the ranks is "
                "asked, which is Spearman's.",
            ),
            Mistake(
                lambda: load_radon()["activity"].rank().corr(uranium()),
                "One column is ranked, the other is not yet.",
            ),
            Mistake(
                lambda: with_uranium("activity", method="spearman") ** 2,
                "That is the square of it: a share of variance, where the "
                "correlation is asked.",
            ),
            Mistake(
                lambda: load_radon()["activity"].corr(uranium().rank()),
                "One column is ranked, the other is not yet.",
            ),
            Mistake(
                lambda: with_uranium("log_radon") ** 2,
                "That is a square, of the correlation with the logarithm. Rank "
                "both columns, and do not square.",
            ),
        ),
    ),
    "1.3f": Question(
        answer=lambda: (np.log(BECQUEREL), 0),
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: (np.log(BECQUEREL), np.log(BECQUEREL)),
                "The intercept is right. The slope is a difference of two "
                "logarithms: what becomes of something that both gain?",
            ),
            Mistake(
                lambda: (BECQUEREL, 0),
                "The slope is right. The intercept gains what the logarithm gains, "
                "and that is not the factor itself.",
            ),
            Mistake(
                lambda: (np.log10(BECQUEREL), 0),
                "Nearly: `log_radon` is a natural logarithm, and you have taken the "
                "one of base ten.",
            ),
            Mistake(
                lambda: (BECQUEREL - 1) * log_radon_fit().to_numpy(),
                "So it would be if the response were the activity itself. The "
                "logarithm of a product is a sum.",
            ),
            Mistake(
                lambda: (0, np.log(BECQUEREL)),
                "The right two numbers, the wrong way round: which coefficient says "
                "how high the data lie?",
            ),
            Mistake(
                lambda: (1 / BECQUEREL, 0),
                "The slope is right. The intercept gains what the logarithm gains, "
                "and that is not one over the factor.",
            ),
            Mistake(
                lambda: np.add(log_radon_fit(), [np.log(BECQUEREL), 0]),
                "Those are the new coefficients. Asked is by how much they change.",
            ),
            Mistake(
                lambda: (np.log2(BECQUEREL), 0),
                "Nearly: `log_radon` is a natural logarithm, and you have taken "
                "the one of base two.",
            ),
        ),
    ),
}
