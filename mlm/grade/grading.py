"""Grade all that is handed in, notebook by notebook.

One after the other: so what changes while a notebook runs is the work of that one, and
no two share the computer's time.
"""

import shutil
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from mlm.check import QUESTIONS
from mlm.commands import restore
from mlm.grade import submissions
from mlm.grade.marks import POINTS, marked, unmarked
from mlm.grade.runner import COURSE, run

LIBRARY = COURSE / "mlm"


class GradingError(Exception):
    """Nothing can be graded, or what was graded cannot be trusted."""


@dataclass
class Submission:
    """What one student has handed in.

    Parameters
    ----------
    student : str
    notebooks : list of Graded
    ignored : list of str
        Notebooks that are no exercises, or that another is taken for.
    """

    student: str
    notebooks: list = field(default_factory=list)
    ignored: list = field(default_factory=list)


def grade(folder, seconds=120, points=POINTS, questions=QUESTIONS):
    """Grade the notebooks of one student, or of one in each folder.

    Parameters
    ----------
    folder : path
    seconds : float
        How long one notebook may take.
    points : dict
        Name of each notebook: points of each of its questions.
    questions : dict
        Name of each question: the Question.

    Returns
    -------
    list of Submission
        Who lacks a notebook that somebody else handed in, has no points for it.

    Raises
    ------
    GradingError
        If there is nothing to grade, or if the library changed meanwhile.
    """
    folder = Path(folder).resolve()
    if not folder.is_dir():
        raise GradingError(f"there is no folder {folder}")
    # All is read before the first of them runs.
    handed_in = {student: _by_name(student) for student in submissions.students(folder)}
    names = [n for n in points if any(n in found for found in handed_in.values())]
    if not names:
        known = ", ".join(f"{name}.ipynb" for name in points) or "none yet"
        raise GradingError(f"no exercise below {folder}.  Exercises are: {known}")
    watch, results = _Watch(folder), []
    for student, found in handed_in.items():
        result = Submission(student.name)
        for name in names:
            worth = points[name]
            chosen, others = _choose(found.pop(name, []), worth)
            result.ignored += [_below(student, other.path) for other in others]
            graded = _grade(name, chosen, student, watch, (seconds, worth, questions))
            result.notebooks.append(graded)
        for rest in found.values():
            result.ignored += [_below(student, notebook.path) for notebook in rest]
        results.append(result)
    return results


def _by_name(student):
    found = defaultdict(list)
    for notebook in submissions.notebooks(student):
        found[notebook.path.stem].append(notebook)
    return found


def _choose(candidates, worth):
    """The notebook that asks most of the questions, and the others."""

    def asked(notebook):
        return sum(bool(submissions.cells_of(notebook, name)) for name in worth)

    chosen = max(candidates, key=asked, default=None)
    return chosen, [other for other in candidates if other is not chosen]


def _below(folder, path):
    return path.relative_to(folder).as_posix()


def _grade(name, notebook, student, watch, asked):
    """Grade one notebook, which may be None."""
    seconds, worth, questions = asked
    if notebook is None:
        return unmarked(name, worth, "not handed in", "it was not handed in")
    name = _below(student, notebook.path)
    if notebook.problem:
        return unmarked(name, worth, "not readable", notebook.problem)
    begun = time.monotonic()
    with TemporaryDirectory(prefix="mlm-grade-", ignore_cleanup_errors=True) as place:
        workplace = Path(place).resolve()
        copy = _copy(student, workplace / "submission")
        cwd = copy / notebook.path.parent.relative_to(student)
        cwd.mkdir(parents=True, exist_ok=True)
        result = run(notebook.cells, workplace, cwd, watch.hidden, seconds)
    graded = marked(name, notebook, result, worth, questions)
    graded.notes += watch.changes(name)
    graded.seconds = round(time.monotonic() - begun, 1)
    return graded


def _copy(student, target):
    """Copy of a student's folder: links stay links, and lead out of it in vain."""
    ignored = shutil.ignore_patterns(*submissions.IGNORED)
    # Raised at the end, for a pipe or what nobody may read: the rest has been copied.
    with suppress(shutil.Error):
        shutil.copytree(student, target, symlinks=True, ignore=ignored)
    return target


class _Watch:
    """Sees what changes outside while notebooks run."""

    def __init__(self, folder):
        self.folder = folder
        # Answers, solutions, and the work of others.
        self.hidden = [LIBRARY / "check", COURSE / "exercises", folder]
        self.before = submissions.fingerprint(LIBRARY, folder)

    def changes(self, name):
        """Files of the submissions that have changed; those of the library end it."""
        before, after = self.before, submissions.fingerprint(LIBRARY, self.folder)
        self.before = after
        changed = [
            path
            for path in sorted(before | after)
            if before.get(path) != after.get(path)
        ]
        library = [str(path) for path in changed if path.is_relative_to(LIBRARY)]
        if library:
            raise GradingError(
                f"files of mlm changed while {name} ran: {', '.join(library)}.  "
                f"Look into that notebook, run `{restore('mlm')}`, and grade again"
            )
        for path in changed:
            yield f"a file outside changed while it ran: {_below(self.folder, path)}"
