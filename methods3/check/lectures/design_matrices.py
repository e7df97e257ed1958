"""Questions 2.3, design matrices: columns of X and Z, and how many say something."""

import numpy as np

from methods3.check.fits import PLATES
from methods3.check.lectures.formulas import FORMULAS
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cake, load_penicillin
from mlm.design.matrices import design_matrices


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
    design = design_matrices(PLATES, load_penicillin())
    return np.linalg.matrix_rank(np.hstack([design.X, design.Z.toarray()]))


def gigabytes(rows=73421, columns=2972 + 1128, each=8, giga=1e9):
    """Size of a table of numbers."""
    return rows * columns * each / giga


def expected(moved=30, steeper=4, b=(-20, 3), day=5):
    """Expected reaction time of somebody who works nights, level by level."""
    intercept = 250 + moved + b[0]
    slope = 10 + steeper + b[1]
    return intercept + slope * day


QUESTIONS = {
    "2.3a": Question(
        two_people,
        exact=True,
        kind="code",
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
        kind="number",
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
            Mistake(
                lambda: (5, 45),
                "Z is right. X has an intercept as well.",
            ),
            Mistake(
                lambda: (6, 3),
                "X is right. Z has a column for each batter, and not for each recipe.",
            ),
        ),
    ),
    "2.3c": Question(
        lambda: 20 * 2,
        exact=True,
        kind="number of columns",
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
            Mistake(
                lambda: 400,
                "You gave every pupil one effect. A random effect belongs to a group.",
            ),
            Mistake(
                lambda: 20 * 3,
                "Count again what stands left of the bar, and do not forget the 1 "
                "that is not written.",
            ),
        ),
    ),
    "2.3d": Question(
        gigabytes,
        unit="gigabytes",
        kind="size",
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
            Mistake(
                lambda: gigabytes(columns=1128),
                "Those are the lecturers' columns. Students have columns in Z too.",
            ),
            Mistake(
                lambda: gigabytes(each=4),
                "You took four bytes a number. These take eight.",
            ),
            Mistake(
                lambda: gigabytes(columns=2972 * 1128),
                "Columns of two factors stand side by side: add their numbers.",
            ),
        ),
    ),
    "2.3e": Question(
        rank_of_assay,
        exact=True,
        kind="rank",
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
            Mistake(
                lambda: 24,
                "That is one factor's share. What does the other add?",
            ),
            Mistake(
                lambda: 28,
                "One too few: each factor's columns add up to the ones, so how "
                "many sums are known twice?",
            ),
        ),
    ),
    "2.3f": Question(
        expected,
        unit="ms",
        kind="time",
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
            Mistake(
                lambda: expected(day=0),
                "That is day 0. By day 5 the line has risen.",
            ),
            Mistake(
                lambda: expected(b=(20, -3)),
                "Both random effects have the wrong sign.",
            ),
            Mistake(
                lambda: expected(day=1),
                "That is day 1: the slope counts once for each day, and day 5 is "
                "asked.",
            ),
            Mistake(
                lambda: expected(b=(0, 3)),
                "You have this person's slope. The intercept differs, too.",
            ),
            Mistake(
                lambda: expected(moved=0, steeper=0),
                "Somebody who works nights is asked for: both equations of level 2 "
                "have a term for nights.",
            ),
        ),
    ),
} | FORMULAS
