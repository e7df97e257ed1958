"""Write what each exercise is worth, its stars, into methods3/grade/points.toml.

    python scripts/points.py

The headings of exercises and assignments say it (``## 2.3b ★★ A short name``); who
grades has the library alone, and must not ask the notebook that is graded.
"""

import re

from notebooks import ROOT, find_assignments, read
from student_copies import find_exercises

HEADING = re.compile(r"^#{2,3} (A?\d+\.\d+[a-z]+) (★{1,3}) ", re.MULTILINE)
TARGET = ROOT / "methods3" / "grade" / "points.toml"
HEAD = "# Stars of the exercises, written by scripts/points.py: do not edit.\n"


def points(paths):
    """Read the stars of all exercises.

    Parameters
    ----------
    paths : iterable of Path
        Of the notebooks.

    Returns
    -------
    dict
        Name of each notebook: points of each of its questions, in their order.
    """
    found = {}
    for path in paths:
        cells = read(path).cells
        text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        found[path.stem] = {name: len(stars) for name, stars in HEADING.findall(text)}
    return found


def as_toml(found):
    """Text of the file that holds them."""
    text = HEAD
    for notebook, stars in found.items():
        rows = (f'"{question}" = {worth}\n' for question, worth in stars.items())
        text += f"\n[{notebook}]\n{''.join(rows)}"
    return text


if __name__ == "__main__":
    TARGET.write_text(
        as_toml(points([*find_exercises(), *find_assignments()])), "utf-8"
    )
