"""Whose work is whose, as Moodle, Canvas and others put it into folders and files.

Moodle's *Download all submissions* makes folders
``Anna Berg_4711_assignsubmission_file`` (before version 4.1 with one more ``_``), or
files whose names begin so.  Canvas makes files ``berganna_123_456_heights.ipynb``, of
user 123 and file 456, and ``berganna_LATE_123_456_…`` of those that come late.
"""

import os
import re
import shutil

from methods3.grade.submissions import IGNORED, LARGEST, NAMED, students

MOODLE = re.compile(
    r"(?P<student>(?P<name>.*)_(?P<number>\d+)_assignsubmission_[a-z]+)_?"
)
CANVAS = re.compile(
    r"(?P<student>(?P<name>.+?)(?:_late)?_(?P<number>\d+)_\d+)_", re.IGNORECASE
)
# Beside the folder of files, one for each who also wrote a text: no notebook is in it.
TEXTS = re.compile(r"_assignsubmission_onlinetext_?$")


def number_in_moodle(student):
    """Number of a participant, in the name of a folder; nothing if there is none.

    Parameters
    ----------
    student : str

    Returns
    -------
    str

    Examples
    --------
    >>> number_in_moodle("Anna Berg_4711_assignsubmission_file_")
    '4711'
    >>> number_in_moodle("Participant 12")
    '12'
    """
    found = MOODLE.match(student) or re.fullmatch(r"\D*[ _](?P<number>\d+)", student)
    return found["number"] if found else ""


def number_in_canvas(student):
    """Number of a user, in the name that Canvas gives files; nothing if there is none.

    Parameters
    ----------
    student : str

    Returns
    -------
    str

    Examples
    --------
    >>> number_in_canvas("berganna_LATE_123_456")
    '123'
    """
    found = CANVAS.match(f"{student}_")
    return found["number"] if found else ""


def person(student):
    """Name of a student, without what Moodle and Canvas put behind it.

    Parameters
    ----------
    student : str

    Returns
    -------
    str

    Examples
    --------
    >>> person("Anna Berg_4711_assignsubmission_file"), person("s01")
    ('Anna Berg', 's01')
    """
    found = MOODLE.fullmatch(student) or CANVAS.fullmatch(f"{student}_")
    return found["name"] if found else student


def sorted_by_student(folder, place):
    """Folders to grade, one a student.

    Parameters
    ----------
    folder : Path
        What was downloaded.
    place : Path
        Where to lay down the files of each student, if all lie in one folder.

    Returns
    -------
    list of Path
    """
    files = [path for path in sorted(folder.iterdir()) if NAMED.search(path.name)]
    for pattern in (MOODLE, CANVAS):
        if files and all(pattern.match(path.name) for path in files):
            return _laid_down(folder, place, pattern)
    return [path for path in students(folder) if not TEXTS.search(path.name)]


def _laid_down(folder, place, pattern):
    """Give each student a folder, and the files the names that they had."""
    works = {}
    for path in sorted(folder.iterdir()):
        found = pattern.match(path.name)
        rest = found and path.name[found.end() :]
        if not rest or path.name in IGNORED:
            continue
        whose = found["number"], found["name"]
        own = works.setdefault(whose, place / found["student"])
        own.mkdir(parents=True, exist_ok=True)
        target = own / rest
        _copy(path, own / path.name if os.path.lexists(target) else target)
    return sorted(works.values())


def _copy(path, target):
    if path.is_symlink() or not path.is_file():
        # What it leads to is not looked at: the reader says that it is no file.
        target.mkdir()
    elif path.stat().st_size > LARGEST:
        with target.open("wb") as file:
            file.truncate(path.stat().st_size)
    else:
        shutil.copy2(path, target)
