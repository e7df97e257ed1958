"""Columns of a formula's terms, computed by `formulaic` with R's names and R's logic.

True and False are two levels, whether they are a column or a comparison; arithmetic is
done with floats, as in R; levels that were not there before are refused; no column is
lost because another has its name.  Slow to import, because `formulaic` is.
"""

import re
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from formulaic import model_matrix
from formulaic.errors import DataMismatchWarning
from formulaic.materializers.pandas import PandasMaterializer
from formulaic.parser.types import Factor
from formulaic.utils.layered_mapping import LayeredMapping
from interface_meta import override

from mlm.columns import label_text, told
from mlm.errors import DataError

# Stands between a factor's name and its level until all columns are there: two columns
# may have one name in R's notation.
MARK = "\x00"
# C(column): the column's labels matter, not the floats that arithmetic needs.
RECODED = re.compile(r"C\(\s*(?:`[^`]+`|\w+)\s*[,)]")

TRUTH = pd.CategoricalDtype([False, True])


class Materializer(PandasMaterializer):
    """How `formulaic` is to compute columns; registered under the name ``mlm``."""

    REGISTER_NAME = "mlm"
    REGISTER_INPUTS = ()
    REGISTER_OUTPUTS = ("numpy",)

    @override
    def _init(self):
        """What C() finds under a column's name, and what arithmetic finds."""
        self._labels = dict(self.data.items())
        self._numbers = {name: _as_number(c) for name, c in self._labels.items()}

    @property
    @override
    def data_context(self):
        """Columns that stand alone in a term."""
        return {name: _as_term(c) for name, c in self._labels.items()}

    @override
    def _evaluate(self, expr, metadata, spec):
        context = self.layered_context
        data = self._labels if RECODED.match(expr) else self._numbers
        self.layered_context = LayeredMapping(data, context)
        try:
            return super()._evaluate(expr, metadata, spec)
        finally:
            self.layered_context = context

    @override
    def _is_categorical(self, values):
        kind = getattr(getattr(values, "dtype", None), "kind", None)
        truth = kind == "b" and np.ndim(values) == 1
        return truth or super()._is_categorical(values)

    @override
    def _encode_evaled_factor(self, factor, spec, drop_rows, reduced_rank=False):
        if factor.metadata.kind is Factor.Kind.CATEGORICAL:
            values = pd.Series(getattr(factor.values, "__wrapped__", factor.values))
            state = spec.encoder_state.get(factor.expr, (None, {}))[1]
            _check_levels(factor.expr, pd.Index(values.unique()), state)
        return super()._encode_evaled_factor(factor, spec, drop_rows, reduced_rank)

    @override
    def _flatten_encoded_evaled_factor(self, name, values):
        if not isinstance(values, dict):
            return {name: values}
        layout = values.__formulaic_metadata__.get_format()
        prefix = re.search(r"\[(?:T\.)?(.*)\{field\}", layout)[1]
        fields = {k: v for k, v in values.items() if not str(k).startswith("__")}
        return {
            f"{name}{MARK}{prefix}{label_text(field)}": value
            for field, value in fields.items()
        }


def _as_term(column):
    truth = column.dtype.kind == "b"
    return column.astype(TRUTH) if truth else _as_number(column)


def _as_number(column):
    return column.astype(float) if column.dtype.kind in "biu" else column


def _check_levels(name, given, state):
    """Refuse levels that the fitted data have not, and a factor that has one only."""
    known = state.get("categories")
    if known is None:
        if len(given) < 2:
            raise DataError(f"{name!r} has one level only ({told(given)}).")
        return
    unknown = given[pd.Index(known).get_indexer(given) < 0]
    if len(unknown):
        raise DataError(
            f"{name!r} has {told(unknown)}, which the fitted data have not; they have: "
            f"{told(pd.Index(known))}."
        )


def columns_of(expression, frame):
    """Compute the columns of an expression.

    Parameters
    ----------
    expression : str
    frame : DataFrame
        Columns from `mlm.columns.usable`.

    Returns
    -------
    values : ndarray, shape (n, number of columns)
    names : list of str
        As R has them; two may be equal.
    specification : ModelSpec
        For `columns_again`.
    """
    with np.errstate(all="ignore"), catch_warnings():
        # What is not finite is refused by the caller; levels that C(x, levels=...)
        # leaves out would otherwise count as the first level.
        simplefilter("error", DataMismatchWarning)
        matrix = model_matrix(
            expression, frame, na_action="ignore", context={}, materializer="mlm"
        )
    specification = matrix.model_spec
    names = []
    for term in specification.structure:
        constant = any(not scoped.factors for scoped in term.scoped_terms)
        for name in term.columns:
            is_constant = constant and name == "Intercept"
            names.append("(Intercept)" if is_constant else name.replace(MARK, ""))
    return np.asarray(matrix, dtype=float), names, specification


def columns_again(specification, frame):
    """Compute the same columns from another frame: ndarray, shape (n, columns)."""
    with np.errstate(all="ignore"):
        matrix = specification.get_model_matrix(frame, context={})
    return np.asarray(matrix, dtype=float)
