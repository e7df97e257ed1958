"""Command line: ``python -m methods3.grade FOLDER --json marks.json``."""

import argparse
import math
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from methods3.commands import pip
from methods3.grade.marks import POINTS
from mlm.ground.errors import MlmError

LOUD = """\
*** --trust: these notebooks run WITHOUT A SANDBOX.  They can read, change, delete and
*** send whatever you can; they can read the answers, and each other.
"""
FILES = {
    "json": ("FILE", "write all marks there, with what is said to each answer"),
    "junit": ("FILE", "write them there as test results"),
    "csv": ("FILE", "write points there, a row a student, for a spreadsheet"),
    "items": ("FILE", "write there how hard each question was, and the usual mistakes"),
    "feedback": ("DIR", "write a page and a text for each student there"),
    "moodle": ("WORKSHEET", "fill a copy of Moodle's grading worksheet"),
    "canvas": ("GRADEBOOK", "fill a copy of Canvas's exported gradebook"),
}


def main(arguments=None):
    """Grade, print the table, write what is asked for.

    Parameters
    ----------
    arguments : list of str, optional
        Instead of those of the command line.

    Returns
    -------
    int
        0 if the grading worked, whatever the marks are; 1 if it did not.
    """
    parser = argparse.ArgumentParser(
        "python -m methods3.grade",
        description="Grade the exercises of one student or of a class, in a sandbox.",
    )
    parser.add_argument(
        "folder", help="the work of one student, or a folder that holds one for each"
    )
    for name, (metavar, said) in FILES.items():
        parser.add_argument(f"--{name}", metavar=metavar, type=Path, help=said)
    parser.add_argument(
        "--column", metavar="NAME", help="the assignment's column in that gradebook"
    )
    parser.add_argument(
        "--only",
        metavar="EXERCISE",
        action="append",
        choices=POINTS,
        help="grade this exercise alone, such as pooling; give it again for another",
    )
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_number(int),
        default=_processors(),
        help="notebooks that run at a time (default: one for each processor)",
    )
    parser.add_argument(
        "--seconds",
        metavar="N",
        type=_number(float),
        default=120,
        help="time for each notebook (default: 120)",
    )
    parser.add_argument(
        "--keep",
        metavar="DIR",
        type=Path,
        help="folder for what notebooks did, so that a grading that was stopped goes "
        "on (default: ~/.cache/methods3-grade)",
    )
    parser.add_argument(
        "--trust", action="store_true", help="run notebooks without a sandbox"
    )
    asked = parser.parse_args(arguments)
    if asked.column and not asked.canvas:
        parser.error("--column names a column of a gradebook: give that with --canvas")
    missing = [name for name in ("IPython", "psutil") if find_spec(name) is None]
    if missing:
        needed = pip(" ".join(missing).lower())
        print(f"Notebooks cannot run here: {needed}", file=sys.stderr)
        return 1
    if asked.trust:
        print(LOUD, file=sys.stderr)
    return _grade(asked)


def _number(kind):
    def read(text):
        try:
            number = kind(text)
        except ValueError:
            number = math.nan
        if not 0 < number < math.inf:
            said = f"a number above 0 is needed, not {text!r}"
            raise argparse.ArgumentTypeError(said)
        return number

    return read


def _processors():
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def _grade(asked):
    # Not before: they need what was just looked for.
    from methods3.grade.files import Files, unwritten
    from methods3.grade.grading import grade
    from methods3.grade.kept import FOLDER
    from methods3.grade.progress import Progress
    from methods3.grade.report import plain

    asked.keep = (asked.keep or FOLDER).expanduser()
    students, told, sandbox, said = [], [], "", ""
    try:
        files = Files(asked)
        with Progress() as progress:
            options = {"jobs": asked.jobs, "keep": asked.keep, "progress": progress}
            options["trust"] = asked.trust
            if asked.only:
                options["points"] = {name: POINTS[name] for name in asked.only}
            for sandbox, result in grade(asked.folder, asked.seconds, **options):
                students.append(plain(result))
                files.write_json(students[-1], sandbox)
    except MlmError as error:
        said = str(error)
    except OSError as error:
        said = unwritten(error)
    except KeyboardInterrupt:
        said = "Stopped: those who are not in the table were not graded.  The same "
        said += "command again goes on where this one was."
    if students:
        try:
            told = files.write_rest(students)
        except OSError as error:
            said = unwritten(error)
        _show(students, sandbox, told)
    if said:
        print(said if students else f"Nothing was graded: {said}", file=sys.stderr)
    return 1 if said else 0


def _show(students, sandbox, told):
    from methods3.grade.report import table

    sys.stdout.reconfigure(errors="replace")
    print(table(students))
    print(f"\nSandbox: {sandbox}.")
    for student in students:
        if student["ignored"]:
            print(f"Not graded: {student['student']}: {', '.join(student['ignored'])}")
    for line in told:
        print(line)


if __name__ == "__main__":
    sys.exit(main())
