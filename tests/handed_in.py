"""Notebooks that made-up students hand in, for the tests of the grader."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from methods3.check.questions import Mistake, Question
from methods3.grade import grading, report, sandbox

SCALE = Mistake(lambda: "interval", "Not a scale of differences.")
ATTEMPTS = tuple(f"9.3{number:02d}" for number in range(1, 100))
SIZES = tuple(f"9.4{number:02d}" for number in range(1, 20))
# The grader is told the name of this module.
QUESTIONS = {
    "9.1a": Question(lambda: 182.5, unit="ms"),
    "9.1b": Question(lambda: [1.5, 2.5]),
    "9.1c": Question(lambda: "ordinal", mistakes=(SCALE,)),
    "9.2a": Question(lambda: 7, exact=True),
}
QUESTIONS |= dict.fromkeys(ATTEMPTS, Question(lambda: "refused"))
QUESTIONS |= dict.fromkeys(SIZES, Question(lambda: 182.5))
WORTH = {"heights": {"9.1a": 1, "9.1b": 2, "9.1c": 3}, "weights": {"9.2a": 1}}
GIVEN = "import numpy as np\nfrom methods3.check import check, progress"
RIGHT = (
    'check("9.1a", np.float64(182.5))',
    'check("9.1b", np.array([1.5, 2.5]))',
    'check("9.1c", "ordinal")\nprogress("9.1")',
)


def notebook(*cells):
    """Text of a notebook with code cells."""
    cells = [
        {"cell_type": "code", "source": source.splitlines(True), "metadata": {}}
        | {"outputs": [], "execution_count": None, "id": f"cell-{i}"}
        for i, source in enumerate([GIVEN, *cells])
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def hand_in(folder, students):
    """Lay down what each student hands in."""
    for name, text in students.items():
        folder.joinpath(name, "week09").mkdir(parents=True)
        folder.joinpath(name, "week09", "heights.ipynb").write_text(text, "utf-8")


def grade(folder, seconds=600, worth=WORTH):
    """Marks as plain data: name of each student, its entry."""
    found = list(grading.grade(folder, seconds, worth, __name__))
    return {result.student: report.plain(result) for _, result in found}


def heights(marks):
    """What each student has for that notebook."""
    return {student: each["notebooks"][0] for student, each in marks.items()}


def of(graded, question):
    """What is said about a question."""
    (mark,) = (mark for mark in graded["marks"] if mark["question"] == question)
    return mark["status"], mark["said"]


@pytest.fixture(scope="session")
def bubblewrap():
    """Bubblewrap works here; where it does not, tests are skipped, but not in CI."""
    if sys.platform != "linux":
        pytest.skip("bubblewrap is for Linux")
    program = shutil.which("bwrap")
    problem = "it is not installed"
    if program:
        with tempfile.TemporaryDirectory() as place:
            library = sandbox.without_answers(Path(place))
            kept = sandbox.Sandbox("bwrap", program, library)
            problem = sandbox._problem(kept)
    if problem and os.environ.get("CI") != "true":
        pytest.skip(f"bubblewrap does not work here: {problem}")
    assert not problem, "CI needs a sandbox: install bubblewrap"
