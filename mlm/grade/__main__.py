"""Command line: ``python -m mlm.grade FOLDER --json marks.json --junit marks.xml``."""

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path

from mlm.commands import pip


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
    parser = argparse.ArgumentParser("python -m mlm.grade", description=__doc__)
    parser.add_argument("folder", help="of one student, or with one of each student")
    parser.add_argument("--json", metavar="FILE", type=Path)
    parser.add_argument("--junit", metavar="FILE", type=Path)
    parser.add_argument(
        "--seconds", type=float, default=120, help="for each notebook (120)"
    )
    asked = parser.parse_args(arguments)
    if find_spec("ipykernel") is None or find_spec("jupyter_client") is None:
        print(f"Notebooks cannot run here: {pip('ipykernel')}", file=sys.stderr)
        return 1
    # Not before: they need what was just looked for.
    from mlm.grade.grading import GradingError, grade
    from mlm.grade.report import junit, plain, table

    try:
        marks = plain(grade(asked.folder, asked.seconds))
    except GradingError as error:
        print(f"Nothing was graded: {error}.", file=sys.stderr)
        return 1
    sys.stdout.reconfigure(errors="replace")
    print(table(marks))
    print(f"\nGuarded by: {marks['guarded_by']}.")
    for student in marks["students"]:
        if student["ignored"]:
            print(f"Not graded: {student['student']}: {', '.join(student['ignored'])}")
    if asked.json:
        text = json.dumps(marks, indent=1, ensure_ascii=False)
        asked.json.write_text(text + "\n", "utf-8")
    if asked.junit:
        junit(marks).write(asked.junit, encoding="utf-8", xml_declaration=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
