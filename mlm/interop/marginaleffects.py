"""Fits for marginaleffects: its predictions, comparisons, slopes and hypotheses.

marginaleffects (Arel-Bundock) asks a model for its coefficients, their covariance, its
data as a frame of polars, and predictions at any coefficients; that is all there is
here.  What it asks of a reference grid, `fit.means` and `fit.slopes` have without it.
"""

import numpy as np
import pandas as pd

from mlm.design.frame import OFFSET
from mlm.design.new_rows import new_rows
from mlm.formula.parse import variables
from mlm.ground.arguments import choice, fitted
from mlm.ground.errors import DataError
from mlm.ground.tables import data_frame
from mlm.ground.text import label_text


def marginaleffects_model(fit, type="response"):
    """Give a fit the form in which the package marginaleffects takes models.

    Parameters
    ----------
    fit : LinearModel, LinearMixedModel or one with a family
    type : {"response", "link"}
        Of a model with a family: whether predictions are means μ, or the linear
        predictor.

    Returns
    -------
    marginaleffects.classes.ModelAbstract
        The first argument of ``marginaleffects.avg_slopes`` and the others.

    Raises
    ------
    DataError
        No fit, another type, or marginaleffects is not installed.

    Notes
    -----
    Predictions are those of the fixed effects, the average group's: all random effects
    are 0, which for a link other than identity is not the mean over groups.

    Tests are of t with the residual degrees of freedom for `lm`, as R's; normal for
    mixed models, since marginaleffects has one number of degrees of freedom for all:
    `fit.means` and `fit.contrast` have Satterthwaite's.  Uncertainty is that of the
    fixed effects, given θ.  ``vcov`` may be True, False or a matrix, not the name of a
    robust estimate.

    Its derivatives are differences: standard errors of slopes row by row have two or
    three digits, and more with a larger step, as in ``eps_vcov=0.01``.

    Data are the rows and columns that were fitted, categories as levels of an Enum.  A
    column must not have a name that marginaleffects uses itself, such as ``group`` or
    ``term``.  New data need the columns of the offset, which must have been given by
    name.

    Examples
    --------
    >>> import mlm
    >>> from marginaleffects import avg_slopes  # doctest: +SKIP
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> avg_slopes(marginaleffects_model(fit))["estimate"]  # doctest: +SKIP
    """
    fitted("fit", fit)
    choice("type", type, ("response", "link"))
    try:
        from marginaleffects.classes import ModelAbstract, ModelVault
    except ImportError as error:
        raise DataError(
            'this needs the package marginaleffects: pip install "mlm[marginaleffects]"'
        ) from error

    class Model(_Population, ModelAbstract):
        """A fit of mlm, as marginaleffects sees it."""

    model = Model.__new__(Model)
    model.design, model.type = fit.design, type
    # One number for every test: see the notes.
    mixed = bool(fit.design.terms)
    model.df_resid = np.inf if mixed else float(fit.degrees_of_freedom.iloc[0])
    Model.__init__(model, fit, ModelVault(**_known(fit)))
    return model


class _Population:
    """What marginaleffects asks of a model: see its ModelAbstract."""

    def get_vcov(self, vcov=True):
        """Covariance of the fixed effects: ndarray, shape (p, p), or None."""
        if not isinstance(vcov, bool):
            raise DataError("vcov is True, False or a matrix; mlm has no robust ones.")
        return self.vault.vcov if vcov else None

    def get_df(self):
        """Degrees of freedom of a joint test."""
        return self.df_resid

    def get_exog(self, newdata):
        """X and the offset of new rows: ndarray, shape (n, p + 1)."""
        data = data_frame("new data", newdata, newdata.columns)
        data = data.assign(**self._levels(data))
        rows = new_rows(self.design, data)
        offset = np.broadcast_to(rows.offset, len(rows.X))
        return np.column_stack([rows.X, offset])

    def get_predict(self, params, newdata):
        """Predictions at other fixed effects, of rows that `get_exog` made."""
        import polars as pl

        eta = newdata[:, :-1] @ params + newdata[:, -1]
        family = self.design.family
        if family is not None and self.type == "response":
            eta = family.mean(eta)
        rows = pl.Series(range(len(eta)), dtype=pl.Int32)
        return pl.DataFrame({"rowid": rows, "estimate": eta})

    def _levels(self, data):
        """Columns of categories with the fitted labels, which polars has as text."""
        frame, found = self.design.frame, {}
        for name in _predictors(self.design):
            if isinstance(frame[name].dtype, pd.CategoricalDtype) and name in data:
                levels = frame[name].cat.categories
                labels = dict(zip(map(label_text, levels), levels, strict=True))
                found[name] = data[name].astype(object).map(labels)
        return found


def _predictors(design):
    """Columns of the fixed part and of its offset."""
    parts = [design.formula.fixed, *design.formula.offsets]
    return list(dict.fromkeys(name for part in parts for name in variables(part)))


def _known(fit):
    """What marginaleffects keeps of a model: dict."""
    design, predictors = fit.design, _predictors(fit.design)
    response = design.formula.response
    return {
        "coef": fit.fixef.to_numpy(),
        "coefnames": np.array(fit.fixef.index),
        "vcov": fit.vcov.to_numpy(),
        # Names alone: what is computed of them is done here.
        "formula": f"`{response}` ~ " + " + ".join(f"`{name}`" for name in predictors),
        "variable_names": [response, *predictors],
        "modeldata": _in_polars(design),
        "package": "mlm",
    }


def _in_polars(design):
    """Rows that were fitted, as a frame of polars."""
    import polars as pl

    columns, frame = {}, design.frame
    if design.offset_name is not None:
        frame = frame.assign(**{design.offset_name: frame[OFFSET]})
    for name, column in frame.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            texts = [label_text(level) for level in column.cat.categories]
            values = [texts[code] for code in column.cat.codes]
            columns[name] = pl.Series(values, dtype=pl.Enum(texts))
        else:
            columns[name] = pl.Series(column.tolist())
    return pl.DataFrame(columns)
