"""Marks and questions as CSV, for spreadsheets.

A spreadsheet takes a cell that begins like a formula for one, and students choose the
names of their files and the words of their errors: such a cell gets an apostrophe.
"""

import csv
import io

from methods3.grade.items import items
from methods3.grade.marks import UNSEEN

ITEMS = (
    *("exercise", "question", "of", "handed in", "right", "wrong", "open", "other"),
    *("share right", "discrimination", "usual mistakes"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def marks_table(students):
    """Marks as CSV: a row a student, a column an exercise, and all together.

    Parameters
    ----------
    students : list of dict
        As `report.plain` gives each.

    Returns
    -------
    str
        A cell is empty where nothing was handed in.
    """
    names = [each["exercise"] for each in students[0]["notebooks"]]
    rows = [["student", *names, "points", "of"]]
    for student in students:
        points = [
            "" if _unseen(graded) else graded["points"]
            for graded in student["notebooks"]
        ]
        rows.append([student["student"], *points, student["points"], student["of"]])
    return _csv(rows)


def _unseen(graded):
    return any(mark["status"] in UNSEEN for mark in graded["marks"])


def items_table(students):
    """Questions as CSV, a row each, as `items` analyses them.

    Parameters
    ----------
    students : list of dict
        As `report.plain` gives each.

    Returns
    -------
    str
    """
    rows = [ITEMS]
    for each in items(students):
        *plain, share, correlation, mistakes = each.values()
        told = "; ".join(f"{count} × {said}" for count, said in mistakes)
        number = "" if correlation is None else f"{correlation:.2f}"
        rows.append([*plain, f"{share:.2f}", number, told])
    return _csv(rows)


def neutral(cell):
    """Text of a cell, such that no spreadsheet takes it for a formula.

    Parameters
    ----------
    cell : object

    Returns
    -------
    object
        Numbers stay as they are.

    Examples
    --------
    >>> neutral("=cmd|' /C calc'!A0"), neutral("Anna"), neutral(-1)
    ("'=cmd|' /C calc'!A0", 'Anna', -1)
    """
    text = isinstance(cell, str) and cell.startswith(FORMULA)
    return f"'{cell}" if text and not _number(cell) else cell


def _number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()
