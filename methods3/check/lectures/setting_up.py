"""Questions 1.1, setting up: which Python runs, what fails, and what git keeps."""

import platform
import sys

from methods3.check.fits import everybody, line, person
from methods3.check.questions import Mistake, Question

QUESTIONS = {
    "1.1a": Question(
        answer=lambda: sys.executable,
        mistakes=(
            Mistake(
                lambda: sys.prefix,
                "That is the folder of the environment. The program that runs lies "
                "in it: ask `sys` for the executable.",
            ),
            Mistake(
                lambda: sys.version,
                "That says which version runs. Two Pythons on one computer can have "
                "the same version; only the path tells them apart.",
            ),
            Mistake(
                platform.python_version,
                "That is a version, and two Pythons can share one. The path is asked.",
            ),
            Mistake(
                lambda: "python3",
                "That is a name, and it means whatever comes first on the search "
                "path. Ask the Python of this notebook where it lies.",
            ),
        ),
    ),
    "1.1b": Question(
        answer=lambda: 6,
        exact=True,
        kind="number of lines",
        mistakes=(
            Mistake(
                lambda: 4,
                "That many begin with `ok` now. The command mends something.",
            ),
            Mistake(
                lambda: 5,
                "Nearly. The line with `--` was not wrong, it was waiting: for what?",
            ),
            Mistake(
                lambda: 7,
                "One command mends one thing. Look for another `!!` further down.",
            ),
            Mistake(
                lambda: 1,
                "That counts what the command mends. The lines that were `ok` before "
                "are printed again.",
            ),
            Mistake(
                lambda: 3,
                "Those do not begin with `ok` now. How many do, when she asks again?",
            ),
        ),
    ),
    "1.1c": Question(
        answer=lambda: 4,
        exact=True,
        kind="line",
        mistakes=(
            Mistake(
                lambda: 7,
                "There pandas is asked to read, and fails. But that line only uses "
                "a path: where is the path made?",
            ),
            Mistake(
                lambda: 9,
                "That is where the story begins, and the file's name is right. "
                "Compare the last line of the traceback with the folder's real name.",
            ),
            Mistake(
                lambda: 954,
                "That line is pandas's own, and pandas did what it was told. Look "
                "among the lines of `analysis.py`.",
            ),
            Mistake(
                lambda: 1866,
                "That line is pandas's own, and pandas did what it was told. Look "
                "among the lines of `analysis.py`.",
            ),
        ),
    ),
    "1.1d": Question(
        answer=lambda: 2,
        exact=True,
        kind="number of files",
        mistakes=(
            Mistake(
                lambda: 3,
                "Three files that git knows are changed, but one of them has not "
                "been chosen with `git add`.",
            ),
            Mistake(
                lambda: 4,
                "That is every file with something new. A commit keeps only what "
                "was chosen with `git add`.",
            ),
            Mistake(
                lambda: 5,
                "You have counted lines. One file stands in two places: it was "
                "changed again after `git add`.",
            ),
            Mistake(
                lambda: 1,
                "A file that was changed again after git add is still chosen: as it "
                "was at that moment.",
            ),
        ),
    ),
    "1.1e": Question(
        answer=lambda: line("308").fixef,
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: everybody().fixef,
                "That is the line through all eighteen people. Keep the ten rows of "
                "subject 308 first.",
            ),
            Mistake(
                lambda: line("308").fixef - [line("308").fixef["Days"], 0],
                "The slope is right. Your intercept lies a day too early: the first "
                "day is called 0.",
            ),
            Mistake(
                lambda: [person("308")["Reaction"].mean(), line("308").fixef["Days"]],
                "The slope is right. The first number is the height on the middle "
                "day, and the intercept is the height on day 0.",
            ),
            Mistake(
                lambda: line("309").fixef,
                "That is another person's line. Keep the rows of subject 308.",
            ),
            Mistake(
                lambda: [0, person("308")["Days"] @ person("308")["Reaction"] / 285],
                "That is a line through zero: its intercept was left out of the model.",
            ),
            Mistake(
                lambda: line("308").se,
                "Those are the standard errors. The estimates stand beside them.",
            ),
            Mistake(
                lambda: line("308").fixef[::-1],
                "The values are right, their order is not: intercept first.",
            ),
        ),
    ),
}
