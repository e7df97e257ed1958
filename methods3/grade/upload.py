"""Marks into the files that Moodle and Canvas take back.

Moodle's grading worksheet, and Canvas's exported gradebook: whoever is graded is looked
for in there, the cells of marks are filled, and nothing else is touched.
"""

import re
import unicodedata
from pathlib import Path

from methods3.grade.downloads import number_in_canvas, number_in_moodle
from methods3.grade.feedback import as_comment
from methods3.grade.sheet import Sheet
from mlm.ground.errors import MlmError

POSSIBLE = "Points Possible"  # begins the row of Canvas that has the largest marks
# What other systems call people, in columns of both.
NAMES = ("Full name", "Email address", "ID number", "Username")
LOGINS = ("Student", "SIS User ID", "SIS Login ID")
ASSIGNMENT = re.compile(r"(?P<name>.*?)\s*\(\d+\)")
ENGLISH = (
    "Set Moodle's language to English (the menu behind your picture), download the "
    "worksheet again, and do not change it before it is filled."
)
EXPORTED = "Export the gradebook of Canvas (Grades, Export), and give that file."


class UploadError(MlmError):
    """A file of Moodle or Canvas cannot be filled."""


class Moodle:
    """Moodle's grading worksheet.

    Parameters
    ----------
    path : path
        The file, as Moodle made it.

    Raises
    ------
    UploadError
        If it has no columns for who it is and for the grade.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.sheet = _sheet(self.path, ["Identifier", "Grade"], ENGLISH)
        self.comments = self.sheet.column("Feedback comments") is not None
        self.rows = [
            (row, self.sheet.cell(row, "Identifier").rpartition(" ")[2], NAMES)
            for row in range(len(self.sheet))
        ]

    def fill(self, students):
        """Write marks and words into the rows of those who were graded.

        Parameters
        ----------
        students : list of dict
            As `report.plain` gives each.

        Returns
        -------
        list of str
            Whom it has no row for, and what else is to be said.
        """
        rows, said = _found(self.sheet, self.rows, students, number_in_moodle)
        for row, student in rows.items():
            largest = _number(self.sheet.cell(row, "Maximum grade"))
            self.sheet.fill(row, "Grade", _mark(student, largest, said))
            if self.comments:
                self.sheet.fill(row, "Feedback comments", as_comment(student))
        if not self.comments:
            said.append(
                "no words: it has no column 'Feedback comments'; switch that feedback "
                "type on in the assignment's settings"
            )
        return said


class Canvas:
    """Canvas's gradebook, and one column of it.

    Parameters
    ----------
    path : path
        The file, as Canvas exported it.
    column : str, optional
        Name of the assignment, where there are several; its number may be left out.

    Raises
    ------
    UploadError
        If it is no gradebook, or it does not say which column to fill.
    """

    def __init__(self, path, column=None):
        self.path = Path(path)
        self.sheet = _sheet(self.path, ["Student", "ID", "Section"], EXPORTED)
        every = range(len(self.sheet))
        self.first = [self.sheet.cell(row, "Student").strip() for row in every]
        most = [row for row in every if POSSIBLE in self.first[row]]
        self.column = self._chosen(column, most)
        self.largest = _number(self.sheet.cell(most[0], self.column)) if most else None
        self.rows = [
            (row, self.sheet.cell(row, "ID"), LOGINS)
            for row in every
            if self.first[row] and row not in most
        ]

    def _chosen(self, column, most):
        """The column to fill: its whole name."""
        closed = {
            name
            for name in self.sheet.header
            if most and "read only" in self.sheet.cell(most[0], name)
        }
        there = [
            name
            for name in self.sheet.header
            if ASSIGNMENT.fullmatch(name) and name not in closed
        ]
        fit = [
            name
            for name in there
            if column in (None, name, ASSIGNMENT.fullmatch(name)["name"])
        ]
        if len(fit) == 1:
            return fit[0]
        which = ", ".join(repr(name) for name in there) or "none"
        raise UploadError(
            f"{self.path} has {len(there)} columns of assignments: {which}.  Name the "
            "one to fill: --column 'NAME'.  Canvas makes the column when you make the "
            "assignment."
        )

    def fill(self, students):
        """Write marks into the rows of those who were graded.

        Parameters
        ----------
        students : list of dict
            As `report.plain` gives each.

        Returns
        -------
        list of str
            Whom it has no row for, and what else is to be said.
        """
        rows, said = _found(self.sheet, self.rows, students, number_in_canvas)
        for row, student in rows.items():
            self.sheet.fill(row, self.column, _mark(student, self.largest, said))
        return said


def filled(upload):
    """Where a filled file goes: beside the one that was given, which stays.

    Parameters
    ----------
    upload : Moodle or Canvas

    Returns
    -------
    Path
    """
    return upload.path.with_name(f"{upload.path.stem}-marks{upload.path.suffix}")


def _sheet(path, wanted, advice):
    try:
        return Sheet(path.read_bytes(), wanted)
    except KeyError as error:
        lacking, first = error.args
        shown = first[:200].encode("utf-8", "replace").decode()
        raise UploadError(
            f"{path} has no column {lacking!r}; it begins {shown!r}.  {advice}"
        ) from None
    except OSError as error:
        raise UploadError(f"{path} cannot be read: {error.strerror}") from None


def _found(sheet, rows, students, number):
    """The row of each student, and whom there is none for.

    A number is looked for first; without one, a name that one row alone has.
    """
    numbers, names = {}, {}
    for row, own, columns in rows:
        numbers.setdefault(own, []).append(row)
        for name in {_key(sheet.cell(row, column)) for column in columns} - {""}:
            names.setdefault(name, []).append(row)
    found, said = {}, []
    for student in students:
        name = student["student"]
        fit = numbers.get(number(name) or None) or names.get(_key(name), [])
        if len(fit) != 1:
            many = "no row" if not fit else f"{len(fit)} rows"
            said.append(f"{many} for {name}")
        elif fit[0] in found:
            said.append(f"{name} and {found[fit[0]]['student']} have one row")
        else:
            found[fit[0]] = student
    return found, said


def _key(text):
    """A name as it is compared: "Berg, Anna" is "anna berg", in letters of any case."""
    last, comma, first = text.partition(",")
    text = f"{first} {last}" if comma else text
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _number(text):
    """The number that a cell says; None if it says none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _mark(student, largest, said):
    """Points, on the scale of whoever takes them."""
    points, of = student["points"], student["of"]
    if not largest or largest == of:
        return f"{points}"
    note = f"{of} points are {largest:g} there: marks are scaled"
    if note not in said:
        said.append(note)
    return f"{round(points / of * largest, 2):g}"
