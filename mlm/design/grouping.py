"""Groups of a random term: which label, or combination of labels, each row has.

A group of ``a:b`` is a pair of labels, told from others by its two parts and never by
its text: ("x:y", "z") and ("x", "y:z") are two groups.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.design.columns import labels, places
from mlm.ground.errors import AmbiguousLabelsWarning, warn
from mlm.ground.readonly import Locked
from mlm.ground.text import label_text


@dataclass(frozen=True, eq=False)
class Grouping(Locked):
    """The groups of a grouping factor.

    Attributes
    ----------
    names : tuple of str
        Columns whose labels together make a group.
    parts : tuple of Index
        The labels of each column.
    steps : tuple of ndarray of int
        For each column, which combinations with the columns before it occur: the
        combination's number times the number of labels, plus the label's; ascending.
    levels : Index, length J
        The groups' labels as they are shown, in order.
    """

    names: tuple[str, ...]
    parts: tuple[pd.Index, ...]
    steps: tuple[np.ndarray, ...]
    levels: pd.Index

    def places(self, formula, frame):
        """Group of each row of a frame without missing labels.

        Returns
        -------
        ndarray of int, shape (n,)
            -1 where the group was not fitted.

        Raises
        ------
        DataError
            A column's labels are of another type than those that were fitted.
        """
        found = np.zeros(len(frame), dtype=np.int64)
        for name, part, step in zip(self.names, self.parts, self.steps, strict=True):
            codes, levels = labels(formula, name, frame[name])
            label = places(name, part, levels)[codes]
            joint = np.where((found < 0) | (label < 0), -1, found * len(part) + label)
            at = np.searchsorted(step, joint).clip(max=len(step) - 1)
            found = np.where(step[at] == joint, at, -1)
        return found


def grouping(formula, bar, frame):
    """Groups of one random term, and the group of each row.

    Parameters
    ----------
    formula : Formula
    bar : Bar
    frame : ModelFrame or DataFrame

    Returns
    -------
    Grouping
    codes : ndarray of int, shape (n,)
        Index into the groups.

    Raises
    ------
    FormulaError
        Labels that cannot be sorted, or of several types.

    Warns
    -----
    AmbiguousLabelsWarning
        Two groups would have one label.
    """
    factors = [labels(formula, name, frame[name]) for name in bar.group]
    parts = tuple(part for _, part in factors)
    codes = factors[0][0].astype(np.int64)
    steps = [np.arange(len(parts[0]))]
    for own, part in factors[1:]:
        joint = codes * len(part) + own
        step, codes = np.unique(joint, return_inverse=True)
        steps.append(step)
    levels = parts[0] if len(parts) == 1 else _joined(bar.label, parts, steps)
    return Grouping(bar.group, parts, tuple(steps), levels), codes


def _joined(name, parts, steps):
    """Labels of combinations, joined by colons as in lme4: Index, all different."""
    texts = [""]
    for part, step in zip(parts, steps, strict=True):
        before, label = np.divmod(step, len(part))
        own = [label_text(value) for value in part]
        texts = [f"{texts[i]}:{own[j]}" for i, j in zip(before, label, strict=True)]
    joined = pd.Index([text[1:] for text in texts])
    if joined.is_unique:
        return joined
    doubled = joined[joined.duplicated()].unique()
    warn(
        f"different groups of {name!r} have the label {doubled[0]!r} when the labels "
        "of their columns are joined by ':'; they stay different groups, numbered in "
        "tables from the second on.",
        AmbiguousLabelsWarning,
    )
    return pd.Index(different(joined))


def different(texts):
    """Texts, numbered from the second time that one occurs: list of str, all different.

    Examples
    --------
    >>> different(["g", "g", "g.1"])
    ['g', 'g.2', 'g.1']
    """
    written, found = set(texts), {}
    for text in texts:
        new, number = text, 0
        while new in found or (number and new in written):
            number += 1
            new = f"{text}.{number}"
        found[new] = None
    return list(found)
