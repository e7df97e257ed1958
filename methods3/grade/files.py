"""Write what is asked for: files of marks, feedback, and what goes back to Moodle."""

import json
import os
from collections import Counter
from errno import EISDIR
from pathlib import Path
from xml.etree import ElementTree

from methods3.grade.feedback import as_html, as_text
from methods3.grade.report import junit
from methods3.grade.tables import items_table, marks_table
from methods3.grade.upload import Canvas, Moodle
from mlm.ground.errors import MlmError

# End of the name of a file while it is written.
UNFINISHED = ".new"


class FilesError(MlmError):
    """A file cannot be where it is asked for."""


class Files:
    """All files that are asked for.

    Parameters
    ----------
    asked : Namespace
        Paths, or None: ``json``, ``junit``, ``csv``, ``items``, ``feedback``,
        ``moodle``, ``canvas``; and ``column``.

    Raises
    ------
    OSError
        If one cannot be written: before anything runs.
    MlmError
        If a file of Moodle or Canvas cannot be filled, or students could reach one.
    """

    def __init__(self, asked):
        self.asked, self.uploads, self.texts = asked, [], []
        if asked.moodle:
            self.uploads.append(Moodle(asked.moodle))
        if asked.canvas:
            self.uploads.append(Canvas(asked.canvas, asked.column))
        for folder in filter(None, (asked.feedback, asked.keep)):
            _outside(folder, asked.folder)
        targets = [asked.json, asked.junit, asked.csv, asked.items]
        targets += [upload.filled for upload in self.uploads]
        for target in filter(None, targets):
            if target.is_dir():
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR), target)
            new = target.with_name(target.name + UNFINISHED)
            new.touch()
            new.unlink()
        if asked.feedback:
            asked.feedback.mkdir(parents=True, exist_ok=True)

    def write_json(self, student, sandbox):
        """Add the marks of a student to the JSON: if the grading stops, they are there.

        Parameters
        ----------
        student : dict
            As `report.plain` gives it.
        sandbox : Sandbox
        """
        if self.asked.json:
            # Of many students, each is made into text once.
            self.texts.append(json.dumps(student, indent=1, ensure_ascii=False))
            students, kind = ",\n".join(self.texts), json.dumps(str(sandbox))
            text = f'{{"sandbox": {kind},\n"students": [\n{students}\n]}}\n'
            _write(self.asked.json, text.encode())

    def write_rest(self, students):
        """Write all other files, and return what is to be said of them."""
        asked, said = self.asked, []
        for target, table in ((asked.csv, marks_table), (asked.items, items_table)):
            if target:
                # With a mark at which a spreadsheet knows what letters these are.
                _write(target, table(students).encode("utf-8-sig"))
        if asked.junit:
            content = ElementTree.tostring(
                junit(students), "utf-8", xml_declaration=True
            )
            _write(asked.junit, content)
        if asked.feedback:
            self._write_feedback(students)
        for upload in self.uploads:
            said += [f"{upload.path.name}: {each}" for each in upload.fill(students)]
            _write(upload.filled, upload.sheet.content())
            said.append(f"Upload {upload.filled}")
        return said

    def _write_feedback(self, students):
        seen = Counter()
        for student in students:
            name = student["student"]
            # Names that differ in spaces or signs may look the same here.
            seen[name] += 1
            name += f" {seen[name]}" if seen[name] > 1 else ""
            for kind, text in (("html", as_html), ("txt", as_text)):
                target = self.asked.feedback / f"{name}_feedback.{kind}"
                _write(target, text(student).encode())


def unwritten(error):
    """Say which file cannot be written, and what to do.

    Parameters
    ----------
    error : OSError

    Returns
    -------
    str
    """
    file = str(error.filename or "a file").removesuffix(UNFINISHED)
    return (
        f"{file} cannot be written: {error.strerror or error}.  Close what has it "
        "open, or name another place, and grade again: what has run is kept."
    )


def _outside(folder, graded):
    """Refuse a folder in which students could put files, or that would be graded."""
    if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(graded)):
        raise FilesError(
            f"{folder} is inside {graded}, which is graded: it would be taken for work "
            "of a student.  Name a folder beside it."
        )


def _write(target, content):
    """Write a file; whoever reads it meanwhile finds it whole, the old or the new."""
    new = target.with_name(target.name + UNFINISHED)
    new.write_bytes(content)
    os.replace(new, target)
