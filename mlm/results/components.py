"""Principal components of the random effects: how many dimensions the data support.

Bates, Kliegl, Vasishth & Baayen (2015, arXiv:1506.04967), and R's ``lme4::rePCA``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from mlm.engine.theta import blocks_of
from mlm.ground.text import html_table, r_format, text_table

# A component with a smaller share of the variance is nothing that data could tell.
NOTHING, LITTLE = 1e-6, 0.01
ROWS = {
    "sd": "Standard deviation",
    "proportion": "Proportion of variance",
    "cumulative": "Cumulative proportion",
}


@dataclass(frozen=True, eq=False, repr=False)
class RandomEffectsPCA(Mapping):
    """Principal components of the random effects, by grouping factor.

    ``pca["Subject"]`` is a DataFrame, a row a component: its standard deviation ``sd``
    (over sigma), ``proportion`` and ``cumulative`` proportion of the variance, and the
    weights of the effects in it.

    Attributes
    ----------
    tables : dict of DataFrame
    advice : dict of str
        What the components say of each grouping factor's terms.
    """

    tables: dict
    advice: dict

    def __getitem__(self, group):
        return self.tables[group].copy()

    def __iter__(self):
        return iter(self.tables)

    def __len__(self):
        return len(self.tables)

    def _printed(self, group):
        table = self.tables[group].copy()
        # What rounding leaves of 0 is no news.
        table.loc[table["proportion"] < NOTHING, ["sd", "proportion"]] = 0
        rows = [
            [words, *(text.strip() for text in r_format(table[name], 4))]
            for name, words in ROWS.items()
        ]
        return ["", *table.index], rows

    def __repr__(self):
        parts = []
        for group in self:
            header, rows = self._printed(group)
            text = text_table(header, rows, "<" + ">" * (len(header) - 1))
            parts.append(f"{group}\n{text}\n{self.advice[group]}")
        return "\n\n".join(parts)

    def _repr_html_(self):
        parts = [
            f"{html_table(group, *self._printed(group))}<p>{self.advice[group]}</p>"
            for group in self
        ]
        return "\n".join(parts)


def components(basis, theta):
    """Principal components of the random effects at a theta.

    Parameters
    ----------
    basis : Basis
    theta : ndarray, shape (m,)

    Returns
    -------
    RandomEffectsPCA
    """
    by_group, whitened = {}, {}
    free = basis.whiten(theta)  # of units and origins
    for term, T, own in zip(
        basis.terms, blocks_of(basis.terms, theta), free, strict=True
    ):
        by_group.setdefault(term.group, []).append((term, T))
        whitened.setdefault(term.group, []).append(own)
    tables, advice = {}, {}
    for group, members in by_group.items():
        rotation, sd, _ = np.linalg.svd(block_diag(*(T for _, T in members)))
        share = sd**2 / max(np.sum(sd**2), np.finfo(float).tiny)
        table = pd.DataFrame(
            {"sd": sd, "proportion": share, "cumulative": np.cumsum(share)},
            index=[f"PC{i + 1}" for i in range(len(sd))],
        )
        effects = [
            f"{c} ({t.name})" if c in table else c
            for t, _ in members
            for c in t.columns
        ]
        for effect, weights in zip(effects, rotation, strict=True):
            table[effect] = weights
        tables[group] = table
        sizes = np.linalg.svd(block_diag(*whitened[group]), compute_uv=False) ** 2
        lost = int(np.sum(sizes < NOTHING * max(1, sizes[0])))
        advice[group] = _advice(group, share, lost, members)
    return RandomEffectsPCA(tables, advice)


def _advice(group, share, lost, members):
    """What the shares of the components say, and how many are lost: str."""
    k = len(share)
    if not share.any():
        return f"Nothing varies by {group}: leave its terms out."
    if lost:
        kept = k - lost
        return (
            f"{kept} of {k} dimensions {'has' if kept == 1 else 'have'} variance: the "
            f"data do not support {k}. To simplify, {_without_correlations(members)}"
            f"leave out the effect that varies least ({_least(members)}), and compare "
            "the fits by mlm.anova."
        )
    if share[-1] < LITTLE:
        return (
            f"The last component has {share[-1]:.1g} of the variance: a model without "
            "it may fit as well; compare by mlm.anova. Shares depend on the units of "
            "the predictors: centre and scale them first."
        )
    return f"All {k} dimensions have variance." if k > 1 else "One dimension."


def _without_correlations(members):
    """How to take the correlations out, if there are any: str."""
    columns = [
        (name, within)
        for term, _ in members
        if term.k > 1
        for name, within in zip(term.effects.names, term.effects.terms, strict=True)
    ]
    if not columns:
        return ""
    # || separates terms; a factor's columns, named after its levels, stay together.
    together = dict.fromkeys(within for name, within in columns if name != within)
    numbers = (
        f", with {' and '.join(together)} as columns of numbers (|| does not separate "
        "the columns of a factor)"
        if together
        else ""
    )
    return f"take the correlations out, as in (x || g){numbers}; then "


def _least(members):
    """The effect whose standard deviation is smallest, by what it adds to a row.

    An intercept is the last to go: groups that differ in a slope differ at 0, too.
    """
    sizes = {
        name: np.linalg.norm(T[i]) * np.sqrt(np.mean(values**2))
        for term, T in members
        for i, (name, values) in enumerate(
            zip(term.columns, term.effects.values.T, strict=True)
        )
    }
    if len(sizes) > 1:
        sizes.pop("(Intercept)", None)
    return min(sizes, key=sizes.get)
