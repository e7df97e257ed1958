"""Points for the questions of one notebook, and in words why not all of them."""

import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

# What each question is worth, notebook by notebook: its stars in the exercises.
POINTS = tomllib.loads(Path(__file__).with_name("points.toml").read_text("utf-8"))
LOUD = 2**20  # bytes of output that are worth a word
SHOWN = 3  # notes of one kind
# Statuses of a notebook of which no answer was judged.
UNSEEN = ("not handed in", "not readable", "not graded")
OPEN = "NotImplementedError"  # what a cell stops with that nobody has tried


@dataclass
class Mark:
    """What an answer is worth.

    Parameters
    ----------
    question : str
    points, of : int
    status : str
        right, wrong, open, not answered, not reached, not checked, not found, not
        handed in, not readable, or not graded.
    said : str
        Why; nothing if it is right.
    """

    question: str
    points: int
    of: int
    status: str
    said: str = ""


@dataclass
class Graded:
    """What a notebook is worth.

    Parameters
    ----------
    exercise : str
        What it is, whatever its file is called.
    notebook : str
        Its file.
    marks : list of Mark
    notes : list of str
        What else is to be said.
    seconds : float
    """

    exercise: str
    notebook: str
    marks: list
    notes: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def points(self):
        """Points of its questions."""
        return sum(mark.points for mark in self.marks)

    @property
    def of(self):
        """Points that can be had."""
        return sum(mark.of for mark in self.marks)

    def as_dict(self):
        """All of it, as plain data."""
        return {"points": self.points, "of": self.of} | asdict(self)


def unmarked(exercise, name, worth, status, said):
    """A notebook without a point, and why.

    Parameters
    ----------
    exercise, name : str
    worth : dict
        Points of each question.
    status, said : str

    Returns
    -------
    Graded
    """
    marks = [Mark(question, 0, of, status, said) for question, of in worth.items()]
    return Graded(exercise, name, marks, [said])


def marked(exercise, name, notebook, run, worth, judge):
    """Judge a notebook that has run.

    Parameters
    ----------
    exercise, name : str
    notebook : Notebook
    run : Run
    worth : dict
        Points of each question.
    judge : callable
        Takes a question and a packed answer, and says what is wrong with it.

    Returns
    -------
    Graded
    """
    marks = []
    for question, of in worth.items():
        if question in run.given:
            said = judge(question, run.given[question][-1])
            status = "wrong" if said else "right"
        else:
            status, said = missing(question, notebook, run)
        marks.append(Mark(question, of if status == "right" else 0, of, status, said))
    return Graded(exercise, name, marks, list(notes(notebook, run, worth)))


def missing(question, notebook, run):
    """Why a question has no answer.

    Parameters
    ----------
    question : str
    notebook : Notebook
    run : Run

    Returns
    -------
    status, said : str
    """
    cells = notebook.asked.get(question)
    if not cells:
        return "not found", f'no cell has check("{question}", …): was it deleted?'
    for cell in cells:
        if _open(run.errors.get(cell, "")):
            return "open", "there is no answer in it yet"
        if cell in run.errors:
            return "not answered", f"cell {cell} stopped: {run.errors[cell]}"
    if cells[0] > run.ran:
        return "not reached", run.ended
    return "not checked", f"cell {cells[0]} ran, but not the course's own check"


def _open(error):
    """Whether a cell stopped because its hint is still in the answer's place."""
    return error.startswith(OPEN)


def notes(notebook, run, worth):
    """What a teacher should know besides the points.

    Parameters
    ----------
    notebook : Notebook
    run : Run
    worth : dict

    Yields
    ------
    str
    """
    if run.ended:
        yield f"{run.ended}{_near(run.ran + 1, notebook, worth)}"
    for cell in run.left_out[:SHOWN]:
        yield f"{_cell(cell, notebook, worth)} left out: {run.errors[cell]}"
    yield from run.notes[:SHOWN]
    found = [question for question in worth if question in notebook.asked]
    order = sorted(found, key=lambda question: notebook.asked[question][0])
    if order != found:
        yield f"in another order: {', '.join(order)}"
    for question in worth:
        times = len(run.given.get(question, ()))
        if times > 1:
            yield f"{question} was answered {times} times: the last counts"
    # What a cell with a question stopped with is said with its mark.
    told = {cell for question in found for cell in notebook.asked[question]}
    told.update(run.left_out)
    others = {c: e for c, e in run.errors.items() if c not in told and not _open(e)}
    for cell in list(others)[:SHOWN]:
        yield f"{_cell(cell, notebook, worth)} stopped: {others[cell]}"
    if rest := list(others)[SHOWN:]:
        yield f"so did cells {', '.join(map(str, rest))}"
    if run.printed > LOUD:
        yield f"printed {run.printed / 2**20:.0f} MB"


def _cell(number, notebook, worth):
    return f"cell {number}{_near(number, notebook, worth)}"


def _near(number, notebook, worth):
    """In brackets, the question that a cell asks, or the one that comes after it."""
    cells = {q: notebook.asked[q][0] for q in worth if q in notebook.asked}
    behind = [question for question, cell in cells.items() if cell >= number]
    if not behind:
        return ""
    first = min(behind, key=cells.get)
    return f" ({'' if cells[first] == number else 'before '}{first})"
