"""What functions of a formula learn from whole columns, chunk by chunk.

`center`, `scale` and one number of all rows, such as ``np.mean(x)``, need sums only;
levels of ``C(x)`` are noted as they come.  What needs the whole column at once is
refused in words.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.files.kinds import CATEGORIES
from mlm.formula.computing import evaluate
from mlm.formula.evaluation import Rows, full
from mlm.formula.functions import PartError
from mlm.formula.terms import read_effects

BEFORE = "Compute its columns before, and write them to the files"


class Learning:
    """What the functions of a formula learn.

    Parameters
    ----------
    formula : Formula
    kinds : dict of str
        What the columns hold.
    """

    def __init__(self, formula, kinds):
        self._formula, self._kinds = formula, kinds
        parts = [formula.fixed, *(bar.effects for bar in formula.bars)]
        parts += formula.offsets
        found = {}
        for part in parts:
            found |= read_effects(part).expressions
        self._expressions = [*found.values()]
        if formula.response_column is None:
            self._expressions.append(formula.response_expression)
        self._moments, self._levels, self._called = {}, {}, {}

    def add(self, frame):
        """Learn from some rows.

        Parameters
        ----------
        frame : DataFrame

        Raises
        ------
        FormulaError
            A function needs the whole column at once.
        """
        if not self._expressions or not len(frame):
            return
        learners, moments, levels = [], {}, {}
        for expression in self._expressions:
            known = self._formula.namespace, self._called, self._kinds
            rows = Gathering(frame, *known)
            with self._formula.marking(expression.written):
                evaluate(expression, rows)
            if rows.moments or rows.levels:
                learners.append(expression)
            moments |= rows.moments  # once, also where several expressions have them
            levels |= rows.levels
        self._expressions = learners
        self._note(moments, levels)
        self._check_apart()

    def _check_apart(self):
        """Refuse what learns from what is not learned yet."""
        keys = [*self._moments, *self._levels]
        for inner in self._moments:
            whole = re.compile(rf"(?<![\w.]){re.escape(inner)}")  # not of max.mean()
            outer = next((k for k in keys if k != inner and whole.search(k)), None)
            if outer is not None:
                problem = f"{outer} needs {inner}, which is known after all rows only."
                hint = f"{BEFORE}."
                raise self._formula.error(problem, hint, outer)

    def merge(self, other):
        """Learn from what another part of the data taught, too."""
        self._note(other._moments, other._levels)
        self._called |= other._called
        if len(other._expressions) < len(self._expressions):
            self._expressions = other._expressions

    def _note(self, moments, levels):
        """Keep what some rows taught, with what is known of other rows."""
        for key, own in moments.items():
            self._moments[key] = _together(self._moments.get(key), own)
        for key, own in levels.items():
            known = self._levels.get(key)
            try:
                self._levels[key] = known.joined(own) if known else own
            except (ValueError, TypeError) as error:
                problem = f"{key} has its levels in another order in other rows."
                hint = "Give it one: return a Categorical of all levels there may be."
                raise self._formula.error(problem, hint, key) from error

    def states(self):
        """What was learned, as `Rows` has it: dict of dict."""
        found = {key: {} for key in self._called}
        found |= {key: known.state() for key, known in self._moments.items()}
        found |= {key: {"levels": own.occurring()} for key, own in self._levels.items()}
        return found


class Gathering(Rows):
    """Rows on which functions note what they will learn, and compute nothing yet."""

    def __init__(self, frame, namespace, states, kinds):
        super().__init__(frame, namespace, states)
        self._kinds = kinds
        self.moments, self.levels = {}, {}

    def learned(self, name, key, values, arguments):
        """Note the moments that center and scale need; refuse all others."""
        if name not in ("center", "scale"):
            hint = f"{BEFORE}; or write powers of center(x), as in I(center(x)**2)."
            problem = f"{key} learns from a whole column at once, which is in files."
            raise PartError(problem, hint, key)
        values = full(values, len(self))
        self.moments[key] = Moments.of(name, arguments, values)
        return values

    def summary(self, name, key, values):
        """Note the moments of which one number is made."""
        if name.endswith("median"):
            problem = f"{key} needs a whole column at once, which is in files."
            raise PartError(problem, "Write the number itself.", key)
        values = full(values, len(self))
        self.moments[key] = Moments.of(name, {}, values)
        return values[0]

    def categories(self, key, values, contrasts, levels):
        """Note the levels of C()."""
        if levels is not None:
            self.levels[key] = Levels(dict.fromkeys(levels, True), True)
        else:
            is_own = self._kinds.get(getattr(values, "name", None)) == CATEGORIES
            self.levels[key] = Levels.of(values, is_own, not is_own)
        return values

    def known_levels(self, key, values, levels=None):
        """Note the levels that a caller's function gives."""
        self.levels[key] = Levels.of(values, False, False)
        return values


@dataclass(frozen=True)
class Levels:
    """Levels of a category, and which of them occur.

    Attributes
    ----------
    found : dict of bool
        By level, in order: whether it occurs.
    is_own : bool
        Whether they are a column's, whose order is its own: new ones come last.
        Otherwise they are sorted, or the same in all rows.
    """

    found: dict
    is_own: bool

    @classmethod
    def of(cls, values, is_own, is_text):
        """The levels of some values, sorted if these are text or numbers: `Levels`."""
        values = pd.Categorical(values)
        occur = np.bincount(values.codes, minlength=len(values.categories)) > 0
        found = dict(zip(values.categories, occur.tolist(), strict=True))
        if is_text:
            found = dict.fromkeys(sorted(values.categories[occur]), True)
        return cls(found, is_own)

    def joined(self, other):
        """These, and those of other rows: `Levels`.

        Raises
        ------
        ValueError, TypeError
            They should have one order, and have two.
        """
        found = dict(self.found)
        for level, occurs in other.found.items():
            found[level] = found.get(level, False) or occurs
        if not self.is_own and [*self.found] != [*other.found]:
            if any([*own] != sorted(own) for own in (self.found, other.found)):
                raise ValueError(found)
            found = dict(sorted(found.items()))
        return Levels(found, self.is_own)

    def occurring(self):
        """Those that occur, in order: list."""
        return [level for level, occurs in self.found.items() if occurs]


@dataclass
class Moments:
    """Number, mean, squares, smallest and largest of values, for one function."""

    name: str
    arguments: dict
    n: int
    mean: float
    squares: float  # of deviations from the mean
    least: float
    most: float

    @classmethod
    def of(cls, name, arguments, values):
        """The moments of some values: `Moments`."""
        mean = float(np.mean(values))
        squares = float(np.sum((values - mean) ** 2))
        ends = float(values.min()), float(values.max())
        return cls(name, arguments, len(values), mean, squares, *ends)

    def about(self, centre):
        """Sum of squares of deviations from a number: float."""
        return self.squares + self.n * (self.mean - centre) ** 2

    def state(self):
        """What formulaic's function, or a summary, keeps for new data: dict."""
        kind = self.name.lstrip(".").removeprefix("np.")
        if kind in ("center", "scale"):
            return self._scale_state()
        ddof = 1 if self.name.startswith(".") else 0
        variance = self.squares / (self.n - ddof)
        known = {
            "mean": self.mean,
            "sum": self.n * self.mean,
            "min": self.least,
            "max": self.most,
            "var": variance,
            "std": np.sqrt(variance),
        }
        return {"value": float(known[kind])}

    def _scale_state(self):
        wanted = {"center": True, "scale": self.name == "scale", "ddof": 1}
        wanted |= self.arguments
        centre, scale, ddof = wanted["center"], wanted["scale"], wanted["ddof"]
        if isinstance(centre, bool):
            centre = self.mean if centre else None
        if isinstance(scale, bool):
            squares = self.about(0.0 if centre is None else centre)
            scale = np.sqrt(squares / (self.n - ddof)) if scale else None
        return {"ddof": ddof, "center": centre, "scale": scale}


def _together(one, other):
    """The moments of two parts of the data (Chan, Golub & LeVeque 1983)."""
    if one is None:
        return other
    n = one.n + other.n
    mean = one.mean + (other.mean - one.mean) * other.n / n
    squares = one.squares + other.squares
    squares += (other.mean - one.mean) ** 2 * one.n * other.n / n
    ends = min(one.least, other.least), max(one.most, other.most)
    return Moments(one.name, one.arguments, n, mean, squares, *ends)
