"""One column of a data frame, as a formula may use it: the door for all data.

Fitted, new and planned data come through `usable` where a column is an effect, and
through `labels` where it is a grouping factor; `like_fitted` and `places` hold new data
against those that were fitted.  What a column is gets decided here and nowhere else:
numbers, True and False, or categories.  Nothing here knows of missing values.
"""

import numpy as np
import pandas as pd
from pandas.api import types

from mlm.ground.errors import DataError
from mlm.ground.tables import column as of_library
from mlm.ground.text import label_text, listed

# What a column, or the labels in it, may be.
CATEGORIES, NUMBERS, TRUTH = "categories", "numbers", "True and False"
TEXT, DATES = "text", "dates"
# By pandas' name for what an index holds: what labels are compared as.
LABEL_KINDS = {
    **dict.fromkeys(("integer", "floating", "mixed-integer-float", "decimal"), NUMBERS),
    **dict.fromkeys(("datetime", "datetime64", "date"), DATES),
    "string": TEXT,
    "boolean": TRUTH,
}
AS_DAYS = "Convert it, for dates such as (day - day.min()).dt.days, and use that."


def usable(formula, name, column):
    """Return an effect's column in one of three types.

    Parameters
    ----------
    formula : Formula
        Shown in errors, with the column's name marked.
    name : str
    column : Series
        Without missing values.

    Returns
    -------
    Series
        Numbers in 64 bits, bool, or a categorical of those that occur; text is sorted.

    Raises
    ------
    FormulaError
        Anything else: dates, complex numbers, mixed objects.
    """
    if isinstance(column.dtype, pd.StringDtype):  # all of it is text
        found = _sorted_categories(column.to_numpy(dtype=object))
        return pd.Series(found, column.index, name=name)
    column = _plain(column)
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        column = _without_unused(column)
        levels = column.dtype.categories  # those of one type are written apart
        texts = [*map(label_text, levels)] if levels.dtype == object else []
        if len(set(texts)) < len(texts):
            doubled = next(text for text in texts if texts.count(text) > 1)
            problem = f"two levels of {name!r} are written {doubled!r}."
            raise formula.error(problem, "Rename one, or make them one type.", name)
        return column
    if dtype.kind in "biuf":
        return column
    if not types.is_object_dtype(dtype):
        problem = f"{name!r} is no number and no category, but {dtype}."
        raise formula.error(problem, AS_DAYS, name)
    values = column.to_numpy()
    kind = types.infer_dtype(values)
    if kind not in ("string", "empty"):
        hint = "Convert it with pd.to_numeric, or with .astype('category')."
        hint = AS_DAYS if LABEL_KINDS.get(kind) == DATES else hint
        problem = f"{name!r} holds {kind} values of dtype object."
        raise formula.error(problem, hint, name)
    return pd.Series(_sorted_categories(values), column.index, name=name)


def labels(formula, name, column):
    """Return the labels of a grouping factor's column, and which one each row has.

    Parameters
    ----------
    formula, name, column
        As for `usable`; dates may be labels too.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        -1 where one is missing.
    levels : Index
        Those that occur.  Of a categorical in its order; others are sorted.  Whole
        numbers are integers, whatever their type was.

    Raises
    ------
    FormulaError
        Values that cannot be sorted, or of several types.
    """
    if isinstance(column.dtype, pd.StringDtype):
        return _factorised(column.to_numpy(dtype=object))
    column = _plain(column)
    if isinstance(column.dtype, pd.CategoricalDtype):
        found = _without_unused(column).array
        return found.codes, found.categories
    hint = "Use a column of text, numbers or categories."
    if column.dtype == object:
        kind = types.infer_dtype(column)
        if LABEL_KINDS.get(kind) == NUMBERS and kind != "decimal":
            column = _number(column)
        elif kind in ("mixed", "mixed-integer"):
            found = sorted({type(value).__name__ for value in column})
            if len(found) > 1:
                raise formula.error(
                    f"{name!r} holds labels of several types, {' and '.join(found)}: "
                    "1 and '1' would be different groups.",
                    "Make them one type, such as .astype(str).",
                    name,
                )
    if column.dtype.kind in "iuf":
        return _factorised(_whole(column.to_numpy()))
    try:
        found = pd.Categorical(column)
    except TypeError as error:
        problem = f"values of {name!r} cannot be sorted into groups: {error}."
        raise formula.error(problem, hint, name) from error
    return found.codes, found.categories


def like_fitted(formula, name, fitted, new):
    """Return a new column in the type and with the categories of the fitted one.

    Parameters
    ----------
    formula, name
        As for `usable`.
    fitted : Series
        From `usable`.
    new : Series
        Without missing values.

    Returns
    -------
    Series

    Raises
    ------
    FormulaError
        See `usable`.
    DataError
        Another type than the fitted column's, or a category that it has not.
    """
    new = usable(formula, name, new)
    if not len(new):
        return new.astype(fitted.dtype)
    was, now = _kind(fitted), _kind(new)
    if was != CATEGORIES:
        if was != now:
            if now == CATEGORIES:
                kind = _label_kind(new.cat.categories)
                now = kind if kind == "text" else f"{kind} as categories"
            raise _changed(name, was, now)
        return new
    known = fitted.cat.categories
    given = new.cat.categories if now == CATEGORIES else pd.Index(new.unique())
    at = places(name, known, given)
    if (at < 0).any():
        raise DataError(
            f"{name!r} has {listed(given[at < 0])}, which the fitted data have not; "
            f"they have: {listed(known)}."
        )
    codes = at[new.cat.codes if now == CATEGORIES else given.get_indexer(new)]
    return pd.Series(pd.Categorical.from_codes(codes, known), index=new.index)


def places(name, known, given):
    """Where labels stand among those that are known: ndarray of int, -1 for nowhere.

    Numbers are compared as numbers, text as text: 1.0 is 1, and "1" is not.

    Parameters
    ----------
    name : str
        Of the column.
    known, given : Index

    Raises
    ------
    DataError
        The labels are of another type than those that are known.
    """
    if not len(given):
        return np.empty(0, dtype=np.int64)
    was, now = (_label_kind(index) for index in (known, given))
    if was != now:
        raise _changed(name, was, now)
    if was == "dates":  # a day is one label, as Python's date and as pandas' time
        known, given = (
            pd.Index([*map(pd.Timestamp, index)], dtype=object)
            for index in (known, given)
        )
    return known.get_indexer(given)


def _plain(column):
    """A column that is no text as categories, or in a dtype of numpy's."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype) or dtype in (np.float64, np.int64):
        return column
    if isinstance(dtype, pd.ArrowDtype) and dtype.type is pd.CategoricalDtype.type:
        values = of_library(column.array.__arrow_array__())
        return pd.Series(values, column.index, name=column.name)
    if types.is_bool_dtype(dtype):
        return _series(column.to_numpy(dtype=bool), column)
    if types.is_complex_dtype(dtype):
        return column
    if types.is_numeric_dtype(dtype):
        return _number(column)
    if types.is_datetime64_any_dtype(dtype) or types.is_timedelta64_dtype(dtype):
        return column
    if isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        return column
    values = column.to_numpy(dtype=object)
    if types.infer_dtype(values) == "boolean":
        return _series(values.astype(bool), column)
    return _series(values, column)


def _number(column):
    """Numbers in 64 bits, because narrow ones overflow in silence."""
    if types.is_integer_dtype(column.dtype):
        unsigned = types.is_unsigned_integer_dtype(column.dtype)
        values = column.to_numpy(dtype=np.uint64 if unsigned else np.int64)
        if unsigned and values.max(initial=0) <= np.iinfo(np.int64).max:
            values = values.astype(np.int64)
    else:
        values = column.to_numpy(dtype=float)
    if values.dtype == column.dtype:
        return column
    return _series(values, column)


def _whole(values):
    """Labels that are whole numbers as integers, as a merge makes floats of them."""
    if values.dtype.kind != "f":
        return values
    whole = values.astype(np.int64) if np.abs(values).max(initial=0) < 2**53 else None
    return values if whole is None or (whole != values).any() else whole


def _without_unused(column):
    """A categorical column with the categories that occur."""
    codes, categories = column.array.codes, column.dtype.categories
    used = np.bincount(codes[codes >= 0], minlength=len(categories))
    return column if used.all() else column.cat.remove_unused_categories()


def _sorted_categories(values):
    """Numbers or texts as categories: what pd.Categorical makes of them, but sooner."""
    codes, levels = _factorised(values)
    dtype = pd.CategoricalDtype(levels)
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)


def _factorised(values):
    """Which of the levels each value is, and the levels, sorted."""
    codes, levels = pd.factorize(values, sort=True)
    return codes, pd.Index(levels, dtype=levels.dtype)


def _series(values, column):
    return pd.Series(values, index=column.index, name=column.name, dtype=values.dtype)


def _kind(column):
    """What a column from `usable` is, in words."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return CATEGORIES
    return TRUTH if column.dtype == bool else NUMBERS


def _label_kind(index):
    kind = types.infer_dtype(index)
    return LABEL_KINDS.get(kind, kind)


def _changed(name, was, now):
    """The refusal of a column whose type is another than that of the fitted data."""
    remedies = {
        NUMBERS: ".astype(float)",
        TEXT: ".astype(str)",
        TRUTH: "a comparison such as column == 1",
    }
    remedy = remedies.get(was, "what made the fitted data's column")
    return DataError(
        f"{name!r} holds {was} in the fitted data, but {now} in the new data; convert "
        f"the new column with {remedy}, so that both are the same."
    )
