"""Exceptions and warnings of mlm.

Everything mlm raises on purpose derives from `MlmError` (itself a `ValueError`)
or `MlmWarning` (a `UserWarning`), so a caller can catch either family whole.
"""

import sys
import traceback
import warnings
from pathlib import Path

# Of the names there are, when one is not.
MOST_TOLD = 12
# What a reader has not written: all that is installed, and the course's two packages.
INSTALLED = {"site-packages", "dist-packages", f"python{sys.version[:4]}", "Lib"}
COURSE = Path(__file__).parents[2]
OURS = (COURSE / "mlm", COURSE / "methods3")


class MlmError(ValueError):
    """Base class of the errors that mlm raises on purpose."""

    def _render_traceback_(self):
        """Lines that IPython shows: what is wrong, and in which line of the reader's.

        The frames of mlm would push both off the screen.
        """
        frames = traceback.extract_tb(self.__traceback__)
        own = [frame for frame in frames if _is_readers(Path(frame.filename))]
        lines = traceback.format_exception_only(self)
        said = "".join(lines).replace(f"{type(self).__module__}.", "", 1).splitlines()
        for frame in own[-1:]:
            cell = "ipykernel" in frame.filename or "ipython-input" in frame.filename
            where = "this cell" if cell else Path(frame.filename).name
            said += ["", f"Line {frame.lineno} of {where}: {frame.line}"]
        return said


class FormulaError(MlmError):
    """A formula that cannot be read, shown with its bad part marked.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    formula : str
        The whole formula, as the user wrote it.
    span : tuple of (int, int)
        First and one-past-last character of the bad part.
    hint : str
        What to do about it.
    """

    def __init__(self, problem, formula, span, hint):
        # Exceptions are copied and pickled as their class called with `args`.
        super().__init__(problem, formula, span, hint)
        self.formula = formula
        self.span = span

    def __str__(self):
        problem, formula, (start, stop), hint = self.args
        mark = " " * start + "^" * max(1, stop - start)
        return f"{problem}\n\n    {formula}\n    {mark}\n{hint}"


class DataError(MlmError):
    """Data that cannot be used as the formula asks."""


class UnknownNameError(MlmError, AttributeError):
    """A name that mlm, or a fit, does not have; it says what is written here."""


class CallError(MlmError, TypeError):
    """Arguments that a function does not take; it says which it does."""


class MlmWarning(UserWarning):
    """Base class of the warnings that mlm gives."""


class MissingValuesWarning(MlmWarning):
    """Rows were left out because a variable of the formula is missing there."""


class EmptyFileWarning(MlmWarning):
    """A file among those that hold the data has no rows."""


class AmbiguousLabelsWarning(MlmWarning):
    """Different groups would have had one label in the tables; they were numbered."""


class RankDeficiencyWarning(MlmWarning):
    """Columns of X were dropped because others already say the same."""


class IllConditionedWarning(MlmWarning):
    """Columns of X nearly determine each other: estimates lose digits."""


class CodingWarning(MlmWarning):
    """A test depends on how factors are coded."""


class RefitWarning(MlmWarning):
    """REML fits were fitted again by maximum likelihood, to be compared."""


class MonteCarloWarning(MlmWarning):
    """Estimates come from random probes, and so have a small Monte Carlo error."""


class SingularFitWarning(MlmWarning):
    """The estimated covariance of the random effects is singular."""


class ConvergenceWarning(MlmWarning):
    """The optimiser stopped at a point that does not look like an optimum."""


class SeparationWarning(ConvergenceWarning):
    """Predictors tell some responses without error: their estimates do not exist."""


class InterruptedWarning(MlmWarning):
    """A simulation was stopped before all its replicates were done."""


class CheckpointWarning(MlmWarning):
    """The file of a simulation cannot be written; its rows are kept in memory."""


def _is_readers(path):
    """Whether a file is the reader's own: a script, or a cell of a notebook."""
    installed = not INSTALLED.isdisjoint(path.parts)
    return not installed and not any(path.is_relative_to(folder) for folder in OURS)


def warn(message, category):
    """Warn the user: the warning points at the first line outside mlm."""
    level, caller = 2, sys._getframe(1)
    while caller.f_back and caller.f_globals.get("__name__", "").startswith("mlm."):
        level, caller = level + 1, caller.f_back
    warnings.warn(message, category, stacklevel=level)


def check_known(what, name, known):
    """Refuse a name that is not among those known, and tell them."""
    known = list(known)
    try:
        is_known = name in known
    except (TypeError, ValueError):  # what cannot be compared, as an array
        is_known = False
    if not is_known:
        told = ", ".join(map(repr, known[:MOST_TOLD]))
        more = f" and {len(known) - MOST_TOLD} more" if len(known) > MOST_TOLD else ""
        raise DataError(f"no {what} {name!r}; there are: {told}{more}.")
