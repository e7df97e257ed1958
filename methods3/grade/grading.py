"""Grade all that is handed in, student by student.

Whatever goes wrong with the work of one is said there, and costs nobody else a point.
"""

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from methods3.grade import sandbox, submissions
from methods3.grade.helper import Helper
from methods3.grade.marks import POINTS, marked, unmarked
from methods3.grade.runner import run
from mlm.ground.errors import MlmError

QUESTIONS = "methods3.check.course"


class GradingError(MlmError):
    """Nothing can be graded."""


@dataclass
class Submission:
    """What one student has handed in.

    Parameters
    ----------
    student : str
    notebooks : list of Graded
    ignored : list of str
        Notebooks that are no exercises, or that another is taken for; and what could
        not be looked into.
    """

    student: str
    notebooks: list = field(default_factory=list)
    ignored: list = field(default_factory=list)


def grade(folder, seconds=120, points=POINTS, questions=QUESTIONS, trust=False):
    """Grade the notebooks of one student, or of one in each folder.

    Parameters
    ----------
    folder : path
    seconds : float
        How long one notebook may take.
    points : dict
        Name of each exercise: points of each of its questions.
    questions : str
        Module with ``QUESTIONS``: name of each question, the Question.
    trust : bool
        Run notebooks without a sandbox.

    Yields
    ------
    sandbox : Sandbox
        What the notebooks run in.
    result : Submission
        As soon as it is graded.  Who lacks a notebook that somebody else handed in,
        has no points for it.

    Raises
    ------
    GradingError
        If there is nothing to grade.
    NoSandboxError
        If no sandbox works here.
    """
    folder = Path(os.path.realpath(folder))
    if folder.is_file():
        raise GradingError(
            f"{folder} is a file.  Name the folder that it is in: all notebooks there "
            "are graded."
        )
    if not folder.is_dir():
        raise GradingError(f"there is no folder {folder}")
    with ExitStack() as stack:
        place = stack.enter_context(TemporaryDirectory(prefix="mlm-grade-"))
        library = sandbox.without_answers(Path(place))
        kept = sandbox.trusted(library) if trust else sandbox.find(library)
        helper = stack.enter_context(Helper(questions, kept.python))
        handed_in = {s: _read(s, helper) for s in submissions.students(folder)}
        names = [name for name in points if _anybody(name, handed_in.values(), points)]
        if not names:
            known = ", ".join(f"{name}.ipynb" for name in points) or "none yet"
            raise GradingError(
                f"no notebook below {folder} is an exercise of the course: {known}"
            )
        for student, found in handed_in.items():
            grader = _Grader(student, *found, seconds, points, helper, kept)
            yield kept, grader.all(names)


def _read(student, helper):
    """Notebooks of a student, and what is to be said about the others."""
    try:
        paths, problems = submissions.find(student)
        return [helper.read(path) for path in paths], problems
    except Exception as error:  # folders without end
        return [], [f"it cannot be looked into: {type(error).__name__}: {error}"]


def _anybody(name, handed_in, points):
    return any(submissions.candidates(name, found, points) for found, _ in handed_in)


class _Grader:
    """Grades what one student has handed in; a notebook runs once, whatever it asks."""

    def __init__(self, student, notebooks, problems, seconds, points, helper, kept):
        self.student, self.notebooks, self.problems = student, notebooks, problems
        self.seconds, self.points = seconds, points
        self.helper, self.kept, self.runs = helper, kept, {}

    def all(self, names):
        """Grade every exercise."""
        result, used = Submission(self.student.name), set()
        for name in names:
            chosen, *_ = [*self._candidates(name), None]
            used.add(chosen and chosen.path)
            try:
                graded = self._one(name, chosen)
            except Exception as error:  # here, not in the notebook
                said = f"the grader failed: {type(error).__name__}: {error}"
                graded = unmarked(name, self.points[name], "not graded", said)
            result.notebooks.append(graded)
        rest = [self._below(n.path) for n in self.notebooks if n.path not in used]
        result.ignored = rest + self.problems
        return result

    def _candidates(self, name):
        return submissions.candidates(name, self.notebooks, self.points)

    def _below(self, path):
        return path.relative_to(self.student).as_posix()

    def _one(self, name, notebook):
        worth = self.points[name]
        if notebook is None:
            said = "; ".join(["it was not handed in", *self.problems])
            return unmarked(f"{name}.ipynb", worth, "not handed in", said)
        path = self._below(notebook.path)
        if notebook.problem:
            return unmarked(path, worth, "not readable", notebook.problem)
        begun = time.monotonic()
        if path not in self.runs:
            within = os.path.dirname(path)
            given = notebook.cells, self.student, within, self.seconds, self.kept
            self.runs[path] = run(*given)
        graded = marked(path, notebook, self.runs[path], worth, self.helper.judge)
        others = [self._below(n.path) for n in self._candidates(name)[1:]]
        if others:
            graded.notes.append(f"graded instead of {', '.join(others)}")
        graded.seconds = round(time.monotonic() - begun, 1)
        return graded
