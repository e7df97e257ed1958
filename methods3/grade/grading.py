"""Grade all that is handed in, student by student.

Whatever goes wrong with the work of one is said there, and costs nobody else a point.
"""

import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from methods3.grade import sandbox, submissions
from methods3.grade.downloads import sorted_by_student
from methods3.grade.helper import Helper
from methods3.grade.kept import Kept, fingerprint
from methods3.grade.marks import POINTS, marked, unmarked
from methods3.grade.places import delete_left, temporary_folder
from methods3.grade.workers import Workers
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


def grade(
    folder,
    seconds=120,
    points=POINTS,
    questions=QUESTIONS,
    trust=False,
    jobs=1,
    keep=None,
    progress=None,
):
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
    jobs : int
        How many notebooks run at a time.
    keep : path, optional
        Folder for what notebooks did: one that is there need not run again.
    progress : callable, optional
        Is told how many notebooks have run, and how many there are.

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
    delete_left()
    with ExitStack() as stack:
        place = Path(stack.enter_context(temporary_folder()))
        library = sandbox.without_answers(place / "library")
        box = sandbox.trusted(library) if trust else sandbox.find(library)
        helper = stack.enter_context(Helper(questions, box.python))
        works = [
            _Work(student, points, helper)
            for student in sorted_by_student(folder, place / "works")
        ]
        names = [name for name in points if any(work.copies(name) for work in works)]
        if not names:
            known = ", ".join(f"{name}.ipynb" for name in points) or "none yet"
            raise GradingError(
                f"no notebook below {folder} is an exercise of the course: {known}"
            )
        told = progress or (lambda done, of: None)
        workers = Workers(jobs, seconds, box, Kept(keep, box), told)
        stack.enter_context(workers)
        for work in works:
            work.begin(names, workers)
        for work in works:
            yield box, work.graded(names)


class _Work:
    """What one student has handed in; a notebook runs once, whatever it asks."""

    def __init__(self, student, points, helper):
        self.student, self.points, self.helper = student, points, helper
        self.notebooks, self.runs, self.problems = [], {}, []
        try:
            paths, self.problems = submissions.find(student)
            self.notebooks = [helper.read(path) for path in paths]
        except Exception as error:  # folders without end
            said = f"it cannot be looked into: {type(error).__name__}: {error}"
            self.problems = [said]

    def copies(self, name):
        """Notebooks that may be an exercise, the one that counts first."""
        return submissions.candidates(name, self.notebooks, self.points)

    def begin(self, names, workers):
        """Have those run that count."""
        chosen = {n.path: n for name in names for n in self.copies(name)[:1]}
        handed_in = fingerprint(self.student) if chosen else ""
        for path, notebook in chosen.items():
            if not notebook.problem:
                below = path.relative_to(self.student)
                given = notebook.cells, self.student, below, handed_in
                self.runs[path] = workers.add(*given)

    def graded(self, names):
        """Marks of every exercise, as soon as all have run."""
        result, used = Submission(self.student.name), set()
        for name in names:
            chosen, *others = [*self.copies(name), None]
            used.add(chosen and chosen.path)
            try:
                graded = self._one(name, chosen, [n.path for n in others if n])
            except Exception as error:  # here, not in the notebook
                said = f"the grader failed: {type(error).__name__}: {error}"
                worth = self.points[name]
                path = self._below(chosen.path) if chosen else f"{name}.ipynb"
                graded = unmarked(name, path, worth, "not graded", said)
            result.notebooks.append(graded)
        rest = [self._below(n.path) for n in self.notebooks if n.path not in used]
        result.ignored = rest + self.problems
        return result

    def _below(self, path):
        return path.relative_to(self.student).as_posix()

    def _one(self, name, notebook, others):
        worth = self.points[name]
        if notebook is None:
            said = "; ".join(["it was not handed in", *self.problems])
            return unmarked(name, f"{name}.ipynb", worth, "not handed in", said)
        path = self._below(notebook.path)
        if notebook.problem:
            graded = unmarked(name, path, worth, "not readable", notebook.problem)
        else:
            run, seconds = self.runs[notebook.path].result()
            graded = marked(name, path, notebook, run, worth, self.helper.judge)
            graded.seconds = seconds
        if others:
            rest = ", ".join(map(self._below, others))
            graded.notes.append(f"this copy counts, and not {rest}")
        return graded
