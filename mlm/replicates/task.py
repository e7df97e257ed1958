"""The replicates of bootstrap and power: simulate a response, refit, measure.

`mlm.replicates.run` asks for rows; here they are computed, a block at a time.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mlm.design.design import Design
from mlm.ground.errors import DataError, MlmError
from mlm.ground.names import Answering
from mlm.ground.readonly import copying
from mlm.ground.text import html_table, r_format, text_table
from mlm.replicates.draw import generator

CONVERGED, SINGULAR = "(converged)", "(singular)"
# So many numbers are simulated at a time, and so many replicates at most.
MOST_NUMBERS, MOST_REPLICATES = 1_000_000, 100


@dataclass(frozen=True)
class RefitTask:
    """A task for `replicate`.

    Attributes
    ----------
    kind : str
        What it is for.
    design : Design
        What responses are drawn for.
    draw : callable
        Of random generators: responses, ndarray of shape (n, number of generators).
    fit : FittedModel
        What is fitted to them, by its `refit`.
    measure : callable
        With ``columns``, names; of Refits and places in them: ndarray of shape
        (places, columns).
    seed : int
    given : dict
        What else the rows follow from, as a reader would be told of it.
    """

    kind: str
    design: Design
    draw: Callable
    fit: object
    measure: Callable
    seed: int
    given: dict

    def __post_init__(self):
        counts = Counter(self.columns)
        repeated = [name for name, count in counts.items() if count > 1]
        if repeated:
            raise DataError(
                f"two columns of the replicates would be called {repeated[0]!r}; "
                "rename the statistic, or the column of the data."
            )

    @property
    def columns(self):
        """What is measured, and how the search ended."""
        return [*self.measure.columns, CONVERGED, SINGULAR]

    @property
    def block(self):
        """Number of responses that are fitted together."""
        if not self.fit.refits_together:
            return 1
        return int(np.clip(MOST_NUMBERS // self.design.n, 1, MOST_REPLICATES))

    @cached_property
    def description(self):
        """What the rows are computed from: dict."""
        design = self.design
        effects = [a for t in design.terms for a in (t.codes, t.effects.values)]
        known = [design.y, design.X, design.offset, design.W.diagonal(), *effects]
        family = {} if design.family is None else {"family": str(design.family)}
        return (
            self.given
            | family
            | {
                "kind": self.kind,
                "seed": self.seed,
                "model": design.formula.text,
                "fitted": self.fit.formula + (" by REML" if self.fit.reml else ""),
                "fingerprint of y, X and Z": _fingerprint(*known),
            }
        )

    def __call__(self, numbers):
        """Compute rows by their whole block, whose size might decide the last bits."""
        start = numbers[0] // self.block * self.block
        generators = [generator(self.seed, start + i) for i in range(self.block)]
        Y = self.draw(generators)
        places = [number - start for number in numbers]
        try:
            refits = self.fit.refit(Y)
        except MlmError:
            return np.concatenate([self._alone(Y[:, [i]]) for i in places])
        return self._rows(refits, places)

    def _alone(self, Y):
        """One row; where nothing can be fitted, no numbers and no convergence."""
        try:
            refits = self.fit.refit(Y)
        except MlmError:
            return np.array([[*[np.nan] * len(self.measure.columns), False, False]])
        return self._rows(refits, [0])

    def _rows(self, refits, places):
        states = np.column_stack([refits.converged, refits.singular])[places]
        return np.hstack([self.measure(refits, places), states])


def table_of(task, numbers, rows):
    """Rows as a DataFrame, with the numbers of the replicates as index."""
    index = pd.Index(numbers, name="replicate")
    table = pd.DataFrame(rows, index=index, columns=task.columns)
    return table.astype({CONVERGED: bool, SINGULAR: bool})


@copying("replicates")
@dataclass(frozen=True, eq=False, repr=False)
class SimulationResult(Answering):
    """Replicates of a simulation as a table, and how their fits went.

    Attributes
    ----------
    formula : str
        Of the model that was fitted.
    replicates : DataFrame
        A row a data set: what was measured, and ``(converged)`` and ``(singular)``.
        Numbers are missing where the fit failed.
    requested : int
        How many replicates were asked for.
    """

    formula: str
    replicates: pd.DataFrame
    requested: int

    @property
    def n_not_converged(self):
        """Number of replicates whose search stopped early, or whose fit failed."""
        return int((~self.replicates[CONVERGED]).sum())

    @property
    def n_singular(self):
        """Number of replicates with a singular fit."""
        return int(self.replicates[SINGULAR].sum())

    def _words(self):
        done = str(len(self.replicates))
        if len(self.replicates) < self.requested:
            done += f" of {self.requested}"
        states = f"did not converge: {self.n_not_converged}; "
        states += f"singular: {self.n_singular}"
        return self._title.format(self.formula, done), states

    def _cells(self):
        table = self.to_frame()
        numbers = [r_format(row, 4) for row in table.to_numpy()]
        pairs = zip(table.index, numbers, strict=True)
        return ["", *table.columns], [[name, *row] for name, row in pairs]

    def __repr__(self):
        title, states = self._words()
        header, rows = self._cells()
        align = "<" + ">" * (len(header) - 1)
        return "\n".join([title, text_table(header, rows, align), states])

    def _repr_html_(self):
        title, states = self._words()
        return html_table(title, *self._cells()) + f"<p>{states}</p>"


def _fingerprint(*arrays):
    """Tell arrays from others, to the last bit."""
    found = hashlib.sha256()
    for array in arrays:
        array = np.asarray(array, dtype=float)
        found.update(repr(array.shape).encode() + array.tobytes())
    return found.hexdigest()[:16]
