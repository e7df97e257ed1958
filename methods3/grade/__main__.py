"""Command line: ``python -m methods3.grade FOLDER --json marks.json``."""

import argparse
import json
import math
import os
import sys
from errno import EISDIR
from importlib.util import find_spec
from pathlib import Path

from methods3.commands import pip
from mlm.ground.errors import MlmError

LOUD = """\
*** --trust: these notebooks run WITHOUT A SANDBOX.  They can read, change, delete and
*** send whatever you can; they can read the answers, and each other.
"""
# End of the name of a file of marks while it is written.
UNFINISHED = ".new"


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
    parser.add_argument(
        "--json",
        metavar="FILE",
        type=Path,
        help="write the marks there, with what is said to each answer",
    )
    parser.add_argument(
        "--junit", metavar="FILE", type=Path, help="write them there as test results"
    )
    parser.add_argument(
        "--seconds",
        metavar="N",
        type=_seconds,
        default=120,
        help="time for each notebook (default: 120)",
    )
    parser.add_argument(
        "--trust", action="store_true", help="run notebooks without a sandbox"
    )
    asked = parser.parse_args(arguments)
    missing = [name for name in ("IPython", "psutil") if find_spec(name) is None]
    if missing:
        needed = pip(" ".join(missing).lower())
        print(f"Notebooks cannot run here: {needed}", file=sys.stderr)
        return 1
    if asked.trust:
        print(LOUD, file=sys.stderr)
    return _grade(asked)


def _seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"a number above 0 is needed, not {text!r}")
    return seconds


def _grade(asked):
    # Not before: they need what was just looked for.
    from methods3.grade.grading import grade
    from methods3.grade.report import plain

    results, sandbox, said = [], "", ""
    try:
        _try_files(asked)
        for sandbox, result in grade(asked.folder, asked.seconds, trust=asked.trust):
            results.append(result)
            _write(asked, plain(results, sandbox))
    except MlmError as error:
        said = str(error)
    except OSError as error:
        file = str(error.filename or "a file").removesuffix(UNFINISHED)
        said = f"{file} cannot be written: {error.strerror}."
    except KeyboardInterrupt:
        said = "Stopped: those who are not in the table were not graded."
    if results:
        _show(plain(results, sandbox))
    if said:
        print(said if results else f"Nothing was graded: {said}", file=sys.stderr)
    return 1 if said else 0


def _try_files(asked):
    """Fail before the grading where marks cannot be written; older marks stay."""
    for target in filter(None, (asked.json, asked.junit)):
        if target.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), target)
        new = target.with_name(target.name + UNFINISHED)
        new.touch()
        new.unlink()


def _write(asked, marks):
    """Write the marks so far; whoever reads the files meanwhile finds them whole."""
    from methods3.grade.report import junit

    def as_json(path):
        text = json.dumps(marks, indent=1, ensure_ascii=False)
        path.write_text(text + "\n", "utf-8")

    def as_xml(path):
        junit(marks).write(path, encoding="utf-8", xml_declaration=True)

    for target, write in ((asked.json, as_json), (asked.junit, as_xml)):
        if target:
            new = target.with_name(target.name + UNFINISHED)
            write(new)
            os.replace(new, target)


def _show(marks):
    from methods3.grade.report import table

    sys.stdout.reconfigure(errors="replace")
    print(table(marks))
    print(f"\nSandbox: {marks['sandbox']}.")
    for student in marks["students"]:
        if student["ignored"]:
            print(f"Not graded: {student['student']}: {', '.join(student['ignored'])}")


if __name__ == "__main__":
    sys.exit(main())
