"""Rows of data on which expressions are computed, and what functions learned there.

Functions that learn from the fitted data (a mean, knots, levels) keep it for new data.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mlm.formula.functions import SUMMARIES, PartError
from mlm.ground.errors import DataError


@dataclass
class Rows:
    """Rows of data on which expressions are computed.

    Attributes
    ----------
    frame : DataFrame
    namespace : dict of str to callable
        Functions that the caller gave.
    states : dict of str to dict
        What each function learned, by its text.  Empty at first; kept for new data.
    """

    frame: pd.DataFrame
    namespace: dict = field(default_factory=dict)
    states: dict = field(default_factory=dict)

    def __len__(self):
        return len(self.frame)

    def column(self, name):
        """A column as it is: text, categories, numbers."""
        return self.frame[name]

    def numbers(self, name):
        """A column as numbers, in 64 bits: integers would overflow in silence."""
        column = self.frame[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            hint = f"Compare it, as in I({name} == 'a'), or convert it first."
            raise PartError(f"{name!r} is no number, but {column.dtype}.", hint, name)
        return column.to_numpy(dtype=float)

    def comparable(self, name):
        """A column as numbers, or as the texts and other values that it holds."""
        column = self.frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            return column.to_numpy(dtype=float)
        return column.to_numpy(dtype=object)

    def learned(self, name, key, values, arguments):
        """Columns by a function that learns: center, scale, poly and splines."""
        from formulaic import transforms  # here, because it is slow to import

        is_new = key not in self.states
        state = self.states.setdefault(key, {})
        values = full(values, len(self))
        if is_new and name == "poly":
            _check_degree(values, arguments.get("degree", 1), key)
        try:
            return transforms.TRANSFORMS[name](values, **arguments, _state=state)
        except Exception as error:
            if is_new:
                raise
            raise DataError(f"{key} of new data: {error}") from error

    def summary(self, name, key, values):
        """One number of the fitted data, such as their mean."""
        state = self.states.setdefault(key, {})
        if "value" not in state:
            state["value"] = float(SUMMARIES[name](full(values, len(self))))
        return np.float64(state["value"])

    def categories(self, key, values, contrasts, levels):
        """A column for each level or contrast, as C() makes them."""
        from formulaic.transforms import C, ContrastsRegistry

        if contrasts is not None and isinstance(contrasts, tuple):
            name, arguments = contrasts
            contrasts = getattr(ContrastsRegistry, name)(**arguments)
        values = self.known_levels(key, values, levels)
        return C(pd.Series(values), contrasts, levels=list(values.categories))

    def known_levels(self, key, values, levels=None):
        """Values as a categorical of the levels that the fitted data have."""
        levels = self.states.setdefault(key, {}).setdefault("levels", levels)
        values = pd.Categorical(values).remove_unused_categories()
        if levels is None:
            self.states[key]["levels"] = list(values.categories)
            return values
        unknown = [value for value in values.categories if value not in levels]
        if unknown:
            raise DataError(
                f"{key} has {', '.join(map(repr, unknown))}, which is not among its "
                f"levels: {', '.join(map(repr, levels))}."
            )
        return pd.Categorical(values, categories=levels)

    def _as_series(self, value):
        """A copy of a column of plain values, so that new data look like the first."""
        if isinstance(value, np.ndarray):
            return pd.Series(full(value, len(self)), self.frame.index)
        if not isinstance(value, pd.Series):
            return value
        if pd.api.types.is_numeric_dtype(value):
            return value.copy()
        return pd.Series(list(value), value.index)

    def by_caller(self, name, key, arguments, keywords):
        """Values of a function from the namespace, called with Series."""
        series = [self._as_series(value) for value in arguments]

        def call(rows):
            given = [s.iloc[rows] if isinstance(s, pd.Series) else s for s in series]
            return _one_value_a_row(
                name, self.namespace[name](*given, **keywords), rows
            )

        values = call(np.arange(len(self)))
        if key not in self.states:
            _check_row_wise(name, call, values)
        state = self.states.setdefault(key, {})
        if isinstance(values, pd.Categorical):
            return self.known_levels(key, values, state.get("levels"))
        return values


def full(values, n):
    """Numbers for every row, shape (n,), of what may be one number for all."""
    return np.broadcast_to(np.asarray(values), (n,)).copy()


def _check_degree(values, degree, key):
    different = len(np.unique(values))
    if degree >= different:
        hint = f"Its degree must be less than {different}."
        problem = f"{key} is of {different} different values only."
        raise PartError(problem, hint, key)


def _one_value_a_row(name, result, rows):
    """What a caller's function gave: array of numbers or truths, or Categorical."""
    values = result.array if isinstance(result, pd.Series) else result
    if not isinstance(values, pd.Categorical):
        values = np.asarray(values)
    if values.shape != rows.shape:
        raise PartError(
            f"{name}() gave shape {values.shape} for {len(rows)} rows.",
            "It must give one value for each row.",
            name,
        )
    if isinstance(values, pd.Categorical):
        return values
    if values.dtype.kind in "iuf":
        return values.astype(float)
    if values.dtype.kind == "b":
        return values
    if pd.api.types.infer_dtype(values, skipna=False) != "string":
        hint = "It must give numbers, texts, categories, or True and False."
        raise PartError(f"{name}() gave {values.dtype} values.", hint, name)
    return pd.Categorical(values)


def _check_row_wise(name, call, values):
    """Refuse a function whose value in a row depends on the other rows.

    Predictions for a few rows would then differ from those for all of them.
    """
    n = len(values)
    for rows in (np.arange(n)[::-1], np.arange(n // 3 + 1), np.arange(n)[-1:]):
        try:
            alone = call(rows)
        except PartError:
            raise
        except Exception as error:
            raise _not_row_wise(name) from error
        if isinstance(values, np.ndarray) and isinstance(alone, np.ndarray):
            same = np.allclose(alone, values[rows], rtol=1e-9, atol=0, equal_nan=True)
        else:
            same = np.array_equal(np.asarray(alone), np.asarray(values)[rows])
        if not same:
            raise _not_row_wise(name)


def _not_row_wise(name):
    return PartError(
        f"{name}() depends on other rows: of a part of them it gives other values.",
        "Predictions would learn it anew. Write center(x) or scale(x), or compute a "
        "column of the data first.",
        name,
    )
