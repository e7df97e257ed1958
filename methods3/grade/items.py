"""What a class made of each question: how many were right, and what went wrong."""

import re
from collections import Counter, defaultdict

import numpy as np

from methods3.grade.marks import UNSEEN

SHOWN = 5  # mistakes of one question


def items(students):
    """Analyse each question.

    Parameters
    ----------
    students : list of dict
        As `report.plain` gives each.

    Returns
    -------
    list of dict
        For each question its exercise, name and points; how many handed the exercise
        in; how many were right, wrong and open, and how many stopped or are missing;
        the share that was right; the discrimination; the usual mistakes, as pairs of
        how many and what they were told.
    """
    works = defaultdict(list)
    for student in students:
        for graded in student["notebooks"]:
            if graded["marks"] and graded["marks"][0]["status"] not in UNSEEN:
                works[graded["exercise"]].append(graded["marks"])
    return [
        _item(exercise, marks, i)
        for exercise, marks in works.items()
        for i in range(len(marks[0]))
    ]


def _item(exercise, works, i):
    marks = [work[i] for work in works]
    counts = Counter(mark["status"] for mark in marks)
    right, wrong, untried = (counts.pop(k, 0) for k in ("right", "wrong", "open"))
    points = np.array([[mark["points"] for mark in work] for work in works], float)
    return {
        "exercise": exercise,
        "question": marks[0]["question"],
        "of": marks[0]["of"],
        "handed_in": len(marks),
        "right": right,
        "wrong": wrong,
        "open": untried,
        "other": counts.total(),
        "share_right": right / len(marks),
        "discrimination": discrimination(points, i),
        "mistakes": _mistakes(marks),
    }


def discrimination(points, i):
    r"""Correlate the points of one question with those of all others together.

    Parameters
    ----------
    points : ndarray, shape (n, k)
        Of n students, for k questions.
    i : int
        Which question.

    Returns
    -------
    float or None
        The corrected item–total correlation, from −1 to 1; None where all have the
        same points for the question, or for the others.

    Examples
    --------
    >>> points = np.array([[0, 0, 1], [1, 0, 2], [1, 2, 3], [0, 2, 1]])
    >>> round(discrimination(points, 0), 3)
    0.507
    """
    own, rest = points[:, i], np.delete(points, i, axis=1).sum(axis=1)
    if np.ptp(own) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(own, rest)[0, 1])


def _mistakes(marks):
    """What was said most often; if only numbers differ, it is of one kind."""
    kinds = defaultdict(Counter)
    for mark in marks:
        if mark["status"] == "wrong":
            kinds[re.sub(r"\d+(\.\d+)?", "#", mark["said"])][mark["said"]] += 1
    most = sorted(kinds.values(), key=lambda kind: -kind.total())
    return [(kind.total(), kind.most_common(1)[0][0]) for kind in most[:SHOWN]]
