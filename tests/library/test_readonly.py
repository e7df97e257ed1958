"""Results cannot be changed: whatever is done to what they give, they say the same."""

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import issparse

import mlm
from mlm.studies.plan import planned_design

SLOPES = "Reaction ~ Days + (Days | Subject)"


def _fit(data, **arguments):
    return mlm.lmer(SLOPES, data, **arguments)


def _power(data):
    fit = _fit(data)
    return mlm.power(fit.design, fit.to_frame()["estimate"], 3, seed=1, progress=False)


def _pirls(data):
    slow = data.assign(slow=data["Reaction"] > 300)
    design = mlm.design_matrices("slow ~ Days + (1 | Subject)", slow, family="binomial")
    return mlm.pirls(design, [2.0], [-3.0, 0.6])


def _glm(data):
    slow = data.assign(slow=data["Reaction"] > 300)
    return mlm.glm("slow ~ Days", slow, "binomial")


MAKERS = {
    "lm": lambda d: mlm.lm("Reaction ~ Days", d),
    "lmer": _fit,
    "glm": _glm,
    "summary of glm": lambda d: _glm(d).summary(),
    "lmer with weights": lambda d: _fit(d, weights=d["Days"] + 1, offset="Days"),
    "two terms": lambda d: mlm.lmer("Reaction ~ Days + (Days || Subject)", d),
    "refit": lambda d: _fit(d).refit(d["Reaction"]),
    "refits": lambda d: _fit(d).refit(_fit(d).simulate(3, seed=1)),
    "design": lambda d: mlm.design_matrices(SLOPES, d),
    "planned design": lambda d: planned_design(SLOPES, d),
    "term": lambda d: mlm.design_matrices(SLOPES, d).terms[0],
    "solution": lambda d: _fit(d).solution,
    "pieces": lambda d: _fit(d).pls,
    "generalised pieces": _pirls,
    "VarCorr": lambda d: _fit(d).varcorr,
    "summary": lambda d: _fit(d).summary("satterthwaite"),
    "bootstrap": lambda d: mlm.bootstrap(_fit(d), n=3, seed=1, progress=False),
    "power": _power,
}
# The engine's own objects, which hold what it works with.
INNER = {"criterion_function"}


def read(thing):
    """Every public attribute that is no method, by name."""
    names = [name for name in dir(thing) if not name.startswith("_")]
    found = {name: getattr(thing, name) for name in names if name not in INNER}
    return {name: value for name, value in found.items() if not callable(value)}


def state(value):
    """All numbers and words of a value, to compare."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.to_dict(), list(value.index)
    if issparse(value):
        return state(value.toarray())
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: state(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [state(part) for part in value]
    if isinstance(value, (str, int, float, bool, type(None), np.generic)):
        return value
    return repr(value)


def spoil(value):
    """Change a value in every way that it allows."""
    if isinstance(value, dict):
        for part in list(value.values()):
            spoil(part)
        value.clear()
    elif isinstance(value, pd.DataFrame):
        value.iloc[:, :] = value.iloc[::-1, :].to_numpy()
        value.index.name, value.columns.name = "spoilt", "spoilt"
        value["spoilt"] = 1
    elif isinstance(value, pd.Series):
        value.iloc[:] = 77
        value.index.name = "spoilt"
    elif issparse(value):
        for part in ("data", "indices", "indptr", "offsets"):
            spoil(getattr(value, part, None))
    elif isinstance(value, np.ndarray) and value.dtype != object:
        try:
            value[...] = 77
        except ValueError:
            return  # locked
        # An array that is a copy may change.
    elif isinstance(value, list):
        for part in value:
            spoil(part)
        value.clear()
    elif isinstance(value, tuple):
        for part in value:
            spoil(part)


COPIES = {
    "itself": lambda thing: thing,
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "pickled": lambda thing: pickle.loads(pickle.dumps(thing)),
}


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("name", MAKERS)
def test_results_cannot_be_changed(name, copied, sleepstudy):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        thing = COPIES[copied](MAKERS[name](sleepstudy))
        attributes = read(thing)
        before = {key: state(value) for key, value in attributes.items()}
        words = repr(thing)
        assert attributes, "there is something to change"
        for value in attributes.values():
            spoil(value)
        for key in attributes:
            with pytest.raises((AttributeError, TypeError)):
                setattr(thing, key, None)
        after = {key: state(value) for key, value in read(thing).items()}
    for key in before:
        assert str(after[key]) == str(before[key]), key
    assert repr(thing) == words


@pytest.mark.parametrize("name", ["lm", "lmer", "refit"])
def test_summary_stays_whatever_is_done_to_the_parts(name, sleepstudy):
    fit = MAKERS[name](sleepstudy)
    words, predicted = repr(fit.summary()), fit.predict(sleepstudy)
    design, parts = fit.design, [fit.solution]
    parts += [*design.terms, *(term.effects for term in design.terms), design.fixed]
    for part in [fit, design, *parts]:
        for value in read(part).values():
            spoil(value)
    assert repr(fit.summary()) == words
    pd.testing.assert_series_equal(fit.predict(sleepstudy), predicted)
    assert repr(type(fit).from_design(design).summary()) == words


def test_the_callers_own_data_stay_writeable(sleepstudy):
    y = sleepstudy["Reaction"].to_numpy(copy=True)
    weights = np.ones(180)
    fit = mlm.lmer(SLOPES, sleepstudy, weights=weights)
    fit.refit(y)
    y[0] = weights[0] = 5
    sleepstudy["Days"] = 0
    sleepstudy.loc[:, "Reaction"] = 0.0
    assert fit.design.frame["Days"].max() == 9
    assert fit.design.y.min() == fit.design.frame["Reaction"].min() > 100
    assert (fit.design.weights == 1).all()


def test_a_linear_model_has_no_reml(sleepstudy):
    with pytest.raises(TypeError):
        mlm.LinearModel.from_design(mlm.lm("Reaction ~ Days", sleepstudy).design, True)
