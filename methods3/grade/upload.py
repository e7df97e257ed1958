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
COMMENTS = "Feedback comments"  # where Moodle takes what was said
ENGLISH = (
    "Set Moodle's language to English (the menu behind your picture), download the "
    "worksheet again, and do not change it before it is filled."
)
EXPORTED = "Export the gradebook of Canvas (Grades, Export), and give that file."


class UploadError(MlmError):
    """A file of Moodle or Canvas cannot be filled."""


class Upload:
    """A file in which whoever is graded has a row: what both systems have in common.

    Parameters
    ----------
    path : path
    wanted : list of str
        Columns that it must have.
    advice : str
        What to do if it lacks one.

    Attributes
    ----------
    column, words : str
        Columns that are filled, with marks and with what was said; ``""`` is none.
    rows : list of tuple
        Of each person: which row, the number, and the columns that have names.
    notes : list of str
        What is to be said, whoever is graded.
    """

    words = ""

    def __init__(self, path, wanted, advice):
        self.path, self.notes = Path(path), []
        try:
            self.sheet = Sheet(self.path.read_bytes(), wanted)
        except KeyError as error:
            lacking, first = error.args
            shown = first[:200].encode("utf-8", "replace").decode()
            raise UploadError(
                f"{path} has no column {lacking!r}; it begins {shown!r}.  {advice}"
            ) from None
        except OSError as error:
            raise UploadError(f"{path} cannot be read: {error.strerror}") from None

    @property
    def filled(self):
        """Where the filled file goes: beside the one that was given, which stays."""
        return self.path.with_name(f"{self.path.stem}-marks{self.path.suffix}")

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
        rows, said = self._found(students)
        for row, student in rows.items():
            mark = _mark(student, self.largest(row), said)
            self.sheet.fill(row, self.column, mark)
            if self.words:
                self.sheet.fill(row, self.words, as_comment(student))
        return said + self.notes

    def _found(self, students):
        """The row of each student, and whom there is none for.

        A number is looked for first; without one, a name that one row alone has.
        """
        numbers, names = {}, {}
        for row, own, columns in self.rows:
            numbers.setdefault(own, []).append(row)
            keys = {_key(self.sheet.cell(row, column)) for column in columns}
            for name in keys - {""}:
                names.setdefault(name, []).append(row)
        found, said = {}, []
        for student in students:
            name = student["student"]
            number = self.number(name) or None
            fit = numbers.get(number) or names.get(_key(name), [])
            if len(fit) != 1:
                many = "no row" if not fit else f"{len(fit)} rows"
                said.append(f"{many} for {name}")
            elif fit[0] in found:
                said.append(f"{name} and {found[fit[0]]['student']} have one row")
            else:
                found[fit[0]] = student
        return found, said


class Moodle(Upload):
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

    column = "Grade"
    number = staticmethod(number_in_moodle)

    def __init__(self, path):
        super().__init__(path, ["Identifier", self.column], ENGLISH)
        self.rows = [
            (row, self.sheet.cell(row, "Identifier").rpartition(" ")[2], NAMES)
            for row in range(len(self.sheet))
        ]
        if self.sheet.column(COMMENTS) is None:
            self.notes.append(
                f"no words: it has no column {COMMENTS!r}; switch that feedback type "
                "on in the assignment's settings"
            )
        else:
            self.words = COMMENTS

    def largest(self, row):
        """The largest mark of a person, or None."""
        return _number(self.sheet.cell(row, "Maximum grade"))


class Canvas(Upload):
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

    number = staticmethod(number_in_canvas)

    def __init__(self, path, column=None):
        super().__init__(path, ["Student", "ID", "Section"], EXPORTED)
        every = range(len(self.sheet))
        first = [self.sheet.cell(row, "Student").strip() for row in every]
        self.most = [row for row in every if POSSIBLE in first[row]]
        self.column = self._chosen(column)
        self.rows = [
            (row, self.sheet.cell(row, "ID"), LOGINS)
            for row in every
            if first[row] and row not in self.most
        ]

    def _chosen(self, column):
        """The column to fill: its whole name."""
        there = [
            name
            for name in self.sheet.header
            if ASSIGNMENT.fullmatch(name) and "read only" not in self._possible(name)
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

    def _possible(self, column):
        """What the row of largest marks has in a column; nothing without that row."""
        return self.sheet.cell(self.most[0], column) if self.most else ""

    def largest(self, row):
        """The largest mark, which is that of all, or None."""
        return _number(self._possible(self.column))


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
