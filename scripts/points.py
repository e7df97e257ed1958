"""Write what each exercise is worth, its stars, into methods3/grade/points.toml.

    python scripts/points.py

The headings of exercises and assignments say it (``## 2.3b ★★ A short name``); who
grades has the library alone, and must not ask the notebook that is graded.  The list of
all exercises, in exercises/index.md, is written too.
"""

import re
from collections import Counter
from pathlib import Path

from notebooks import ROOT, find_assignments, find_pages, read
from student_copies import EXERCISES, find_exercises

from methods3.plain import exercises_on

HEADING = re.compile(r"^#{2,3} (A?\d+\.\d+[a-z]+) (★{1,3}) ", re.MULTILINE)
TARGET = ROOT / "methods3" / "grade" / "points.toml"
# What marks a solution in the code of a notebook.
MARKS = re.compile(r"^ *### (BEGIN|END) SOLUTION.*\n?", re.MULTILINE)
# How long an exercise takes that has so many stars, as a rule.
MINUTES = {1: 5, 2: 10, 3: 20}
LISTED = EXERCISES / "index.md"
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
LIST = re.compile(r"^\| lecture \| exercises \|.*?\n(?=\n)", re.DOTALL | re.MULTILINE)
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

    Raises
    ------
    ValueError
        If two notebooks have one name: who grades knows them by it.
    """
    found = {}
    for path in paths:
        if path.stem in found:
            raise ValueError(
                f"{path}: another notebook with questions is called {path.name}, and "
                "grading tells them apart by their names. Rename one."
            )
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


def told(stars):
    """Say how many exercises there are, how hard they are, and how long they take.

    Parameters
    ----------
    stars : iterable of int

    Returns
    -------
    tuple of (str, str, int)
        Such as ``("3 exercises", "2 ★, 1 ★★★", 30)``, with non-breaking spaces.
    """
    many = Counter(stars)
    kinds = ", ".join(f"{many[n]}\u00a0{'★' * n}" for n in sorted(many))
    minutes = sum(MINUTES[n] * many[n] for n in many)
    return f"{many.total()} exercises", kinds, minutes


def as_table(found):
    """Text of the list of exercises, in the order of the book.

    Parameters
    ----------
    found : dict
        As `points` gives it.

    Returns
    -------
    str
        A table in Markdown, with links as exercises/index.md needs them.
    """
    lines = ["| lecture | exercises | stars | minutes |", "|---|---|---|---|"]
    pages = find_pages()
    lectures = {other: page for page, other in exercises_on(pages).items()}
    for name in filter(lectures.get, pages):
        page = Path(lectures[name])
        file = next(ROOT.joinpath(page.parent).glob(f"{page.name}.*"))
        number, kinds, minutes = told(found[page.name].values())
        lecture = f"[{heading(file)}](../{page.parent}/{file.name})"
        exercises = f"[{number}]({name.removeprefix('exercises/')}.ipynb)"
        lines.append(f"| {lecture} | {exercises} | {kinds} | {minutes} |")
    return "\n".join(lines) + "\n"


def heading(path):
    """Title of a page, a notebook or Markdown."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join(cell.source for cell in read(path).cells)
    return TITLE.search(text)[1]


if __name__ == "__main__":
    of_all = points([*find_exercises(), *find_assignments()])
    TARGET.write_text(as_toml(of_all), "utf-8", newline="\n")
    page = LISTED.read_text("utf-8")
    LISTED.write_text(LIST.sub(as_table(of_all), page), "utf-8", newline="\n")
