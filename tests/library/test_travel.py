"""Results travel: pickled, copied, and out of other processes they are what they were.

Every class of `mlm` is found by a walk through its modules, and every instance by a
walk through results: a class that is new is tried by itself, or fails for want of an
instance.
"""

import copy
import importlib
import inspect
import pickle
import pkgutil
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import issparse

import mlm
from mlm.demonstrations.collinearity import mse_surface
from mlm.demonstrations.estimation import simulate_variance_estimates
from mlm.demonstrations.newton import newton

pytestmark = pytest.mark.slow

# Rooms whose classes users hold: each must be met. Those of the others are tried where
# a result holds one.
ROOMS = ("demonstrations", "design", "families", "inference", "replicates", "results")
ROOMS += ("studies", "textbook")
# What is at work within one call.
NEVER_HELD = {
    "design.new_rows.NewRows",
    "families.link.Sides",
    "inference.explained.Shares",
    "inference.grid.Grid",
    "replicates.checkpoint.Checkpoint",
    "results.cells.Rows",
    "replicates.task.RefitTask",
}
# Made anew of the text when it is needed.
COMPUTED = {"formula.expressions.Expression"}


@dataclass(frozen=True)
class Cauchit:
    """A link of the caller's."""

    def link(self, mu):
        return np.tan(np.pi * (mu - 0.5))

    def inverse(self, eta):
        return 0.5 + np.arctan(eta) / np.pi

    def derivative(self, eta):
        return 1 / (np.pi * (1 + eta**2))


def classes():
    """Every class of mlm that is no exception: dict of class to its short name."""
    found = {}
    for module in pkgutil.walk_packages(mlm.__path__, "mlm."):
        for value in vars(importlib.import_module(module.name)).values():
            if (
                inspect.isclass(value)
                and value.__module__ == module.name
                and not issubclass(value, BaseException)
            ):
                found[value] = f"{module.name.removeprefix('mlm.')}.{value.__name__}"
    return found


def ours(value):
    return type(value).__module__.startswith("mlm.")


def parts(value):
    """What a result holds, and what its properties give: dict of name to part."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    if not ours(value):
        return {}
    found = dict(vars(value)) if hasattr(value, "__dict__") else {}
    for name, attribute in inspect.getmembers_static(type(value)):
        if not name.startswith("_") and hasattr(attribute, "__get__"):
            if callable(attribute) or isinstance(attribute, staticmethod | classmethod):
                continue
            try:
                found[name] = getattr(value, name)
            except (mlm.MlmError, AttributeError):
                continue  # what this kind of result has not
    return found


def held(roots):
    """An instance of each of our classes that roots lead to: dict of class to it."""
    found, known, waiting = {}, {}, [*roots]
    while waiting:
        value = waiting.pop()
        if id(value) in known:
            continue
        known[id(value)] = value  # kept, or another could have its id
        if ours(value):
            found.setdefault(type(value), value)
        waiting += parts(value).values()
    return found


def same(one, other, at="it"):
    """Refuse two things that are not of the same classes with the same numbers."""
    assert type(one) is type(other), at
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other, err_msg=at)
    elif isinstance(one, pd.DataFrame | pd.Series | pd.Index):
        assert one.equals(other), at
    elif issparse(one):
        np.testing.assert_array_equal(one.toarray(), other.toarray(), err_msg=at)
    elif isinstance(one, dict | list | tuple):
        first, second = parts(one), parts(other)
        assert [*first] == [*second], at
        for key in first:
            same(first[key], second[key], f"{at}[{key!r}]")
    elif ours(one):
        same(dict(vars(one)), dict(vars(other)), at)
    elif not callable(one):
        assert one == other or one != one, at  # NaN


@pytest.fixture(scope="module")
def roots():
    """What users get of the functions and methods that give results."""
    sleep = mlm.load_sleepstudy().assign(slow=lambda d: d["Reaction"] > 300)
    sleep["count"] = (sleep["Reaction"] // 50).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.MlmWarning)
        line = mlm.lm("Reaction ~ Days", sleep)
        mixed = mlm.lmer("Reaction ~ poly(Days, 2) + (Days | Subject)", sleep)
        crossed = mlm.lmer(
            "diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin()
        )
        links = ["probit", "cloglog", mlm.links.guess(0.1), "logit", Cauchit()]
        general = [mlm.glm("slow ~ Days", sleep, "binomial", link) for link in links]
        general += [mlm.glm("count ~ Days", sleep, "poisson")]
        general += [mlm.glm("Reaction ~ Days", sleep, "gaussian")]
        formula = "slow ~ Days + (1 | Subject)"
        family = [
            mlm.glmer(formula, sleep, "binomial", nodes=nodes) for nodes in (1, 5)
        ]
        fits = [line, mixed, crossed, *general, *family]
        ratings = "diameter ~ 1 + (1 | plate) + (1 | sample)"
        iterative = mlm.lmer(ratings, mlm.load_penicillin(), solver="iterative")
        found = [*fits, iterative]
        for fit in fits:
            found += [fit.summary(), fit.means(), fit.contrast(np.eye(fit.design.p))]
            found += [fit.refit(fit.simulate(2, seed=1)), fit.design.formula]
        found += [mixed.means("Days", at={"Days": [0, 9]}).pairs()]
        found += [mlm.table([line, mixed])]
        found += [mixed.slopes("Days"), crossed.rePCA(), crossed.influence("sample")]
        found += [mixed.means(ddf="kenward-roger"), mixed.anova(), mlm.drop1(line)]
        profiles = [
            crossed.profile(),
            family[0].profile("beta_"),
            mixed.refit_ml().profile(),
        ]
        profiles += [fit.profile() for fit in general[:2]]
        profiles[0].confint()
        profiles[2].confint()
        profiles[3].to_frame()
        found += profiles
        found += [mlm.bootstrap(fit, n=2, seed=1, progress=False) for fit in fits[:3]]
        effects = mixed.to_frame()["estimate"]
        found += [mlm.power(mixed.design, effects, n=2, seed=1, progress=False)]
        found += [mlm.pls(mixed.design, mixed.theta), mlm.provenance("sleepstudy")]
        found += [mlm.pirls(family[0].design, family[0].theta, family[0].fixef)]
        found += [family[0].criterion_function, mixed.criterion_function]
        found += [newton(lambda x: x * x - 2, lambda x: 2 * x, 1.0)]
        X = np.column_stack([np.arange(9.0), np.arange(9.0) ** 2])
        found += [mse_surface(X, np.sin(np.arange(9.0)))]
        found += [simulate_variance_estimates(4, 5, 1.0, 1.0, 3, seed=1)]
    return found


@pytest.fixture(scope="module")
def instances(roots):
    """One instance of each class of ours that results lead to, by its short name."""
    known = classes()
    found = {known[kind]: value for kind, value in held(roots).items()}
    return {name: found[name] for name in found.keys() - COMPUTED}


def pickled(thing, protocol=pickle.DEFAULT_PROTOCOL):
    return pickle.loads(pickle.dumps(thing, protocol))


def through_joblib(thing, folder):
    path = folder / "result.joblib"
    joblib.dump(thing, path)
    return joblib.load(path)


@pytest.mark.parametrize("way", ["pickle 2", "pickle 5", "copy", "deepcopy", "joblib"])
def test_every_class_travels(instances, way, tmp_path):
    ways = {
        "pickle 2": lambda thing: pickled(thing, 2),
        "pickle 5": pickled,
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
        "joblib": lambda thing: through_joblib(thing, tmp_path),
    }
    failed = {}
    for name, thing in instances.items():
        try:
            same(ways[way](thing), thing, name)
        except Exception as error:
            failed[name] = repr(error)
    assert failed == {}


def test_every_class_that_users_hold_is_tried(instances):
    met = {base for thing in instances.values() for base in type(thing).__mro__}
    left = {
        name
        for kind, name in classes().items()
        if kind not in met
        and name.startswith(ROOMS)
        and not kind.__name__.startswith("_")
    }
    assert left == NEVER_HELD


def test_the_comparison_sees_a_difference(roots):
    line, mixed = roots[:2]
    same(line, pickled(line))
    with pytest.raises(AssertionError):
        same(line, mixed)
    with pytest.raises(AssertionError, match="solution"):
        same(line, line.refit(line.design.y + 1))


def test_results_say_the_same_afterwards(roots):
    """Also what they compute only when asked, from what came along."""
    for thing in roots:
        again = pickled(thing)
        assert words(again) == words(thing)
    line, mixed = map(pickled, roots[:2])
    np.testing.assert_array_equal(mixed.predict(), roots[1].predict())
    np.testing.assert_array_equal(line.refit(line.design.y).fixef, line.fixef)


@pytest.mark.slow
def test_results_come_out_in_a_process_that_never_heard_of_mlm(roots, tmp_path):
    path = tmp_path / "results.pickle"
    known = [thing for thing in roots if not holds_a_link_of_this_file(thing)]
    path.write_bytes(pickle.dumps(known))
    code = (
        "import pickle, sys\n"
        "with open(sys.argv[1], 'rb') as file:\n"
        "    for thing in pickle.load(file):\n"
        "        print(repr(thing))\n"
    )
    run = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    right = "".join(f"{thing!r}\n" for thing in known)
    assert without_places(done.stdout) == without_places(right)


def without_places(text):
    """Text without the places in memory that Python's own repr tells."""
    return re.sub(" at 0x[0-9a-f]+", "", text)


def words(thing):
    return without_places(f"{thing!r}\n{thing}")


def holds_a_link_of_this_file(thing):
    return __name__.encode() in pickle.dumps(thing)
