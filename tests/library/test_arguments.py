"""Whoever passes a wrong type, or a number out of range, is told which argument it is.

The table has a row for every argument of every public function and method: the walk
below finds them, and a new one without a row fails.
"""

import importlib
import inspect

import numpy as np
import pandas as pd
import pytest

import mlm
from methods3 import explore
from mlm import plots
from mlm.ground import arguments

nan, inf = np.nan, np.inf
RNG = np.random.default_rng(1)
DATA = pd.DataFrame({"x": np.tile(np.arange(5.0), 8), "g": np.repeat(np.arange(8), 5)})
DATA["y"] = DATA["x"] + RNG.normal(size=8)[DATA["g"]] + RNG.normal(size=40)
MIXED, LINE = "y ~ x + (1 | g)", "y ~ x"
FIT, LINEAR = mlm.lmer(MIXED, DATA), mlm.lm(LINE, DATA)
GENERAL = mlm.glm(LINE, DATA, "gaussian")
COUNTS = DATA.assign(y=np.round(3 * (DATA["g"] % 3) + DATA["x"]))
GENERAL_MIXED = mlm.glmer(MIXED, COUNTS, "poisson")
EFFECTS = FIT.to_frame()["estimate"].to_dict()
BOOT = mlm.bootstrap(FIT, n=3, seed=1, progress=False)
POWER = mlm.power(FIT.design, EFFECTS, n=3, seed=1, progress=False)

WHOLE = [1.5, "2", None, True, np.True_, nan, -1, [1], 2j, np.float64(2), pd.NA, b"2"]
SEED = [-1, 1.5, "1", True, nan, [1], np.random.default_rng(1), 1j, pd.NA]
NO_NUMBER = [nan, inf, "1", None, True, [1.0], 1j, pd.NA, np.datetime64("2026-01-01")]
SHARE = [*NO_NUMBER, 0, 1, 95, -0.1, 1.5, -inf, np.float32(2)]
SIZE = [*NO_NUMBER, -1]
POSITIVE = [*SIZE, 0, 0.0]
TRUTH = ["no", "False", 0, 1, 0.0, None, nan, [True], np.array([True, False]), pd.NA]
TEXT = [None, 3, b"y ~ x", ["y ~ x"], nan, True]
FRAME = [3, "data", [1], {"x": [1.0]}, DATA["x"], DATA.to_numpy(), True]
FUNCTION = [3, "f", [abs], True]
NUMBERS = ["a", None, [None], ["1", "2"], [nan, 1.0], [inf, 1.0], 1j, [1j]]
NUMBERS += [[[1], [1, 2]]]
NUMBERS += [[True, False], np.array(["2026-01-01"], dtype="datetime64[D]"), [pd.NA, 1]]
NUMBERS += [pd.array([1, None], dtype="Int64"), {"a": 1}, {1, 2}, abs]
MATRIX = [*NUMBERS, 1.0, [1.0, 2.0]]
THETA = [*NUMBERS, 1.0, [1.0, 2.0]]
START = [value for value in THETA if value is not None]
PARM = [3, "nothing", ["sigma", 3], [None], True, abs]
DESIGN = [3, None, MIXED, DATA, FIT, mlm.Design]
FITS = [3, None, MIXED, FIT.design, [FIT], mlm.LinearModel]
NO_COLUMN = ["nothing", 3, None, ["g"], np.array(["g", "x"])]
CHOICE = ["other", 3, True, ["wald"], nan, np.array(["wald", "boot"])]
TERM = ["other", 3, None, ["g"], np.array(["g", "x"])]
ROWS = [3, "nothing", ["a"] * 40, [1.0], np.ones((40, 2)), True, np.ones(40) * 1j]
ROWS += [[None] * 40, {"a": 1}, abs]

GROUPS = ["nothing", 3, None, ["a"], {"a": 1}, np.full(40, nan), np.ones((40, 2)), abs]
NAMESPACE = [3, "np", [abs], {"f": 3}, {3: abs}, True]

rows = {"formula": TEXT, "data": [*FRAME, None], "weights": ROWS, "offset": ROWS}
rows |= {"namespace": NAMESPACE}
matrices = {"formula": MIXED, "data": DATA}, rows | {"na_action": CHOICE}
FAMILY = ["Gamma", "other", 3, True, ["binomial"], nan, mlm.links.logit, abs]
LINK = ["other", 3, True, ["log"], nan, abs, type(mlm.links.logit)]
fitted_design = {"design": FIT.design}
level = {}, {"level": SHARE}
simulated = {"n": 2, "seed": 1}, {"n": [*WHOLE, 10**15], "seed": [*SEED, None]}
predicted = {"new_data": DATA, "random": True, "allow_new_levels": True}
predicted |= {"se": True, "interval": "mean", "level": 0.9}
predicted = (
    predicted,
    {
        "new_data": FRAME,
        "random": TRUTH,
        "allow_new_levels": TRUTH,
        "se": TRUTH,
        "interval": CHOICE,
        "level": SHARE,
    },
)
responses = [*NUMBERS, np.ones((40, 0)), np.ones(39), np.ones((40, 2, 2)), 1.0]
responses += [np.ones(0), np.ones((1, 40)), DATA["g"].astype(str), np.ones(40) * 1j]
responses += [np.ones(40, dtype=bool), pd.array([*[1] * 39, None], dtype="Int64")]
refitted = {"y": DATA["y"]}, {"y": responses}
kinds = {"kind": "pearson"}, {"kind": CHOICE}
degrees = {"ddf": "satterthwaite"}, {"ddf": CHOICE}
intervals = {"method": "boot", "n": 2, "seed": 1, "level": 0.9}
intervals = (
    intervals,
    {
        "method": CHOICE,
        "level": SHARE,
        "n": [*WHOLE, 0],
        "seed": [*SEED, None],
        "parm": PARM,
    },
)
PREDICTORS = [3, "nothing", ["x", 3], None, True, [None], abs, np.array([1.0, 2.0])]
AT = [
    3,
    "x",
    {"z": 1},
    {"x": "a"},
    {"x": []},
    {"x": None},
    {"x": [nan]},
    {3: 1},
    ["x"],
    True,
]
ADJUST = [*CHOICE, None]
WAY = [*CHOICE, "kr"]
wanted = {"at": AT, "level": SHARE, "ddf": WAY}
means = (
    {"names": "x", "at": {"x": [1, 2]}, "level": 0.9, "ddf": None, "type": "link"},
    wanted | {"names": PREDICTORS, "by": PREDICTORS, "type": [*CHOICE, None]},
)
slopes = {"predictor": "x"}, wanted | {"predictor": TERM, "by": PREDICTORS}
LS = [*NUMBERS, 1.0, [1.0], np.eye(3), {"z": 1.0}, {"x": "a"}, {3: 1}, {}, []]
LS += [{"a": {"z": 1}}, {"a": {"x": 1}, "b": 2}, pd.DataFrame({"z": [1.0]})]
LS += [[0, 0], {"x": 0}, pd.Series([0, 1]), pd.DataFrame([[1, 2]], columns=["x"] * 2)]
contrasts = (
    {"L": [0, 1], "adjust": "holm", "level": 0.9, "ddf": None},
    {"L": LS, "adjust": [*ADJUST, "tukey"], "level": SHARE, "ddf": WAY},
)
terms = (
    {"type": 2, "ddf": None},
    {"type": [4, 0, "III", None, True, 1.5, [1]], "ddf": WAY},
)
compared = (
    {"adjust": "holm"},
    {
        "adjust": ADJUST,
        "level": [s for s in SHARE if s is not None],
        "type": [*CHOICE, None],
    },
)
weight = {"n": 3, "sigma_y": 1.0, "sigma_alpha": 2.0}
weights = {k: ["a", None, -1, nan, 1j, [-1.0], ["1"]] for k in weight}
table = {"formula": LINE, "data": DATA, "group": "g"}
tables = {"formula": TEXT, "data": [*FRAME, None], "group": NO_COLUMN}
tables |= {"namespace": NAMESPACE}
least = {"X": [[1.0], [1.0]], "y": [1.0, 3.0], "V": np.eye(2)}
least = least, {"X": MATRIX, "y": NUMBERS, "V": MATRIX}
pair = np.array([[1.0, 2.0], [1.0, 3.0], [2.0, 2.0]])

# What a generalised linear model takes in its own way, or without arguments.
GENERALIZED = ("GeneralizedLinearModel", "GeneralizedLinearMixedModel")
OF_A_FAMILY = {
    f"{model}.{method}" for model in GENERALIZED for method in ("predict", "summary")
} | {"GeneralizedLinearMixedModel.refit"}

# name: good arguments, and wrong values by the argument's name
TABLE = {
    "mlm.anova": ({"fits": FIT}, {"fits": FITS}),
    "mlm.bootstrap": (
        {"fit": FIT, "statistic": None, "n": 2, "seed": 1, "progress": False},
        {
            "fit": FITS,
            "statistic": [*FUNCTION, lambda fit: "a", lambda fit: {}],
            "n": [*WHOLE, 0, 10**15],
            "seed": [*SEED, None],
            "checkpoint": [3, b"a.parquet", "", ["a"], "a\0b", "."],
            "progress": TRUTH,
        },
    ),
    "mlm.crossing": (
        {"factors": 3},
        {"factors": [0, -1, 1.5, nan, "ab", None, True, [], b"ab", 10**12, abs]},
    ),
    "mlm.design_matrices": (matrices[0], matrices[1] | {"family": FAMILY}),
    "mlm.families.links.guess": ({"share": 0.5}, {"share": SHARE}),
    "mlm.glm": (
        {"formula": LINE, "data": DATA, "family": "gaussian"},
        matrices[1] | {"family": [*FAMILY, None], "link": LINK},
    ),
    "mlm.glmer": (
        {"formula": MIXED, "data": COUNTS, "family": "poisson"}
        | {"nodes": 1, "se": "rx", "start": [1.0]},
        matrices[1]
        | {"family": [*FAMILY, None], "link": LINK, "nodes": WHOLE}
        | {"se": [*CHOICE, None], "start": START},
    ),
    "mlm.lm": ({"formula": LINE, "data": DATA}, matrices[1]),
    "mlm.lmer": (
        matrices[0] | {"reml": True, "start": [1.0], "solver": "dense"},
        matrices[1] | {"reml": TRUTH, "start": START, "solver": CHOICE},
    ),
    "mlm.parse_formula": (
        {"text": LINE},
        {"text": TEXT, "namespace": NAMESPACE},
    ),
    "mlm.pirls": (
        {"design": GENERAL_MIXED.design, "theta": [1.0], "beta": [0.0, 0.1]},
        {
            "design": [*DESIGN, FIT.design],
            "theta": THETA,
            "beta": [*NUMBERS, 1.0, [1.0]],
        },
    ),
    "mlm.planned_design": (
        {"formula": MIXED, "data": DATA, "family": "poisson"},
        rows | {"family": FAMILY, "link": LINK},
    ),
    "mlm.pls": (
        fitted_design | {"theta": [1.0], "reml": False},
        {"design": DESIGN, "theta": THETA, "reml": TRUTH},
    ),
    "mlm.power": (
        {
            "design": FIT.design,
            "effects": EFFECTS,
            "n": 2,
            "seed": 1,
            "progress": False,
            "alpha": 0.05,
        },
        {
            "design": DESIGN,
            "effects": [
                *[3, None, "x", [1.0], {}],
                *[EFFECTS | {"x": value} for value in NO_NUMBER],
                *[EFFECTS | {"sigma": value} for value in POSITIVE],
                EFFECTS | {"sd_(Intercept)|g": -1.0},
                EFFECTS | {"other": 1.0},
            ],
            "n": [*WHOLE, 0, 10**15],
            "seed": [*SEED, None],
            "analysis": [3, True, ["y ~ x"], b"y ~ x"],
            "alpha": SHARE,
            "ddf": CHOICE,
            "checkpoint": [3, b"a.parquet", "", ["a"], "a\0b", "."],
            "progress": TRUTH,
        },
    ),
    "mlm.profiled_deviance": (
        fitted_design | {"reml": False},
        {"design": DESIGN, "reml": TRUTH},
    ),
    "mlm.table": (
        {"fits": GENERAL_MIXED, "names": ["A"], "show": "p", "exponentiate": True}
        | {"caption": "Mine"},
        {
            "fits": [3, None, MIXED, FIT.design, mlm.LinearModel, [], {}, [FIT, 3]],
            "names": ["A", [3], ["A", "B"], [], [""], ["row"], 3, True, [None]],
            "show": [value for value in CHOICE if value is not None],
            "exponentiate": TRUTH,
            "caption": TEXT[1:],
        },
    ),
    "mlm.provenance": ({"name": "sleepstudy"}, {"name": [3, None, "sleep", ["a"]]}),
    "Bootstrap.confint": level,
    "Means.pairs": compared,
    "Means.contrast": (
        {"method": "sum", "adjust": "holm"},
        compared[1] | {"method": [*CHOICE, None, {"a": [1.0]}, {"a": "b"}, {}]},
    ),
    "Bootstrap.to_frame": level,
    "Power.to_frame": level,
    "ProfiledCriterion.__call__": ({"theta": [1.0]}, {"theta": THETA}),
    "ProfiledCriterion.gradient": ({"theta": [1.0]}, {"theta": THETA}),
    "VarCorr.std_dev": ({"name": "g"}, {"name": TERM}),
    "VarCorr.correlation": ({"name": "g"}, {"name": TERM}),
    "mlm.drop1": ({"fit": FIT.refit_ml()}, {"fit": FITS}),
    **{
        f"{model}.{method}": ({"scale": "observation"}, {"scale": [*CHOICE, None]})
        for model in ("LinearMixedModel", "GeneralizedLinearMixedModel")
        for method in ("r2", "icc")
    },
    **{
        f"{model}.profile": ({"parm": "beta_"}, {"parm": PARM})
        for model in ("LinearMixedModel", *GENERALIZED)
    },
    "LinearMixedModel.from_design": (
        fitted_design | {"reml": True, "start": [1.0]},
        {"design": DESIGN, "reml": TRUTH, "start": START},
    ),
    "GeneralizedLinearModel.from_design": (
        {"design": GENERAL.design},
        {"design": [*DESIGN, FIT.design]},
    ),
    "GeneralizedLinearModel.predict": (
        predicted[0] | {"type": "link"},
        predicted[1] | {"type": [*CHOICE, None]},
    ),
    "GeneralizedLinearMixedModel.from_design": (
        {"design": GENERAL_MIXED.design, "nodes": 1, "se": "rx", "start": [1.0]},
        {"design": [*DESIGN, FIT.design], "nodes": WHOLE}
        | {"se": [*CHOICE, None], "start": START},
    ),
    "GeneralizedLinearMixedModel.refit": ({"y": COUNTS["y"]}, refitted[1]),
    "GeneralizedLinearMixedModel.predict": (
        predicted[0] | {"type": "link"},
        predicted[1] | {"type": [*CHOICE, None]},
    ),
    "LinearModel.from_design": (
        {"design": LINEAR.design},
        {"design": DESIGN},
    ),
    **{
        f"{model}.{method}": row
        for model in ("LinearModel", "LinearMixedModel", *GENERALIZED)
        for method, row in {
            "anova": terms,
            "confint": intervals,
            "contrast": contrasts,
            "influence": ({"group": np.arange(40) % 3}, {"group": GROUPS}),
            "means": means,
            "predict": predicted,
            "refit": refitted,
            "residuals": kinds,
            "simulate": simulated,
            "slopes": slopes,
            "summary": degrees,
            "tidy": ({"level": 0.9, "ddf": None}, {"level": SHARE, "ddf": WAY}),
        }.items()
        if f"{model}.{method}" not in OF_A_FAMILY
    },
    "mlm.demonstrations.pooling.shrinkage_weight": (weight, weights),
    "mlm.demonstrations.pooling.partially_pooled_intercept": (
        weight | {"own": 1.0, "population": 0.0},
        weights | {"own": ["a", None, 1j], "population": ["a", None, nan, 1j]},
    ),
    "mlm.demonstrations.pooling.simulated_weights": (
        weight | {"n": [3], "groups": 3, "data_sets": 2, "seed": 1},
        {
            "n": [3, None, [1], [2.5], [], "ab", [True], [nan]],
            "sigma_y": SIZE,
            "sigma_alpha": SIZE,
            "groups": [*WHOLE, 1],
            "data_sets": [*WHOLE, 0, 10**15],
            "seed": [*SEED, None],
        },
    ),
    "mlm.demonstrations.pooling.pooling_table": (table, tables),
    "mlm.demonstrations.averages.average_over_groups": (
        {"eta": 1.0, "sd": 1.0, "link": "logit"},
        {"eta": NUMBERS, "sd": SIZE, "link": [*CHOICE, None]},
    ),
    "mlm.demonstrations.held_out.held_out_errors": (
        table | {"held_out": [DATA["x"] == 4]},
        tables | {"held_out": [3, None, [], [3], [np.ones(40)], [[True]], ["a"]]},
    ),
    "mlm.demonstrations.held_out.all_but": (
        {"data": DATA, "group": "g", "keep": 1, "rounds": 1, "seed": 1},
        {
            "data": [*FRAME, None],
            "group": NO_COLUMN,
            "keep": WHOLE,
            "rounds": WHOLE,
            "seed": [*SEED, None],
        },
    ),
    "mlm.demonstrations.estimation.gls": least,
    "mlm.demonstrations.estimation.gls_as_printed": least,
    "mlm.demonstrations.estimation.criterion_curves": (
        fitted_design | {"theta": [1.0]},
        {"design": DESIGN, "theta": [*NUMBERS, 1.0]},
    ),
    "mlm.demonstrations.estimation.criterion_slope": (
        fitted_design | {"reml": True},
        {"design": DESIGN, "reml": TRUTH},
    ),
    "mlm.demonstrations.estimation.simulate_variance_estimates": (
        {"J": 3, "n": 2, "sigma_y": 1.0, "sigma_alpha": 1.0, "data_sets": 2, "seed": 1},
        {
            "J": [*WHOLE, 1],
            "n": [*WHOLE, 1],
            "sigma_y": POSITIVE,
            "sigma_alpha": SIZE,
            "data_sets": [*WHOLE, 0, 10**15],
            "seed": [*SEED, None],
        },
    ),
    "mlm.demonstrations.collinearity.correlated_predictors": (
        {"n": 5, "rho": 0.5, "seed": 1},
        {
            "n": [*WHOLE, 2, 10**15],
            "rho": [*NO_NUMBER, 1.1, -1.1],
            "seed": [*SEED, None],
        },
    ),
    "mlm.demonstrations.collinearity.mse_surface": (
        {"X": pair, "y": [1.0, 2.0, 3.0]},
        {"X": MATRIX, "y": NUMBERS},
    ),
    "mlm.demonstrations.collinearity.vif": ({"X": pair}, {"X": MATRIX}),
    "mlm.demonstrations.collinearity.condition_number": ({"X": pair}, {"X": MATRIX}),
    "mlm.demonstrations.collinearity.rank": (
        {"matrix": pair, "tolerance": 0.1},
        {"matrix": MATRIX, "tolerance": SHARE},
    ),
    "mlm.demonstrations.newton.newton": (
        {"f": lambda x: x, "fprime": lambda x: 1.0, "x0": 1.0, "bracket": (-1, 2)},
        {
            "f": [*FUNCTION, None],
            "fprime": [*FUNCTION, None],
            "x0": NO_NUMBER,
            "bracket": [3, "ab", [1], (1, 2, 3), (nan, 2), ("a", "b"), (-1, None)],
            "tol": POSITIVE,
            "max_steps": [*WHOLE, 0],
        },
    ),
    "methods3.rstream.rnorm": (
        {"n": 2, "seed": 1},
        {"n": [*WHOLE, 10**15], "seed": [1.5, "1", None, True, nan, 2**31, -(2**31)]},
    ),
    "mlm.replicates.proportions.proportion_interval": (
        {"successes": 3, "n": 5, "method": "wilson", "level": 0.9},
        {
            "successes": [*NUMBERS, -1, 6],
            "n": [*NUMBERS, 0, 2],
            "method": [*CHOICE, None],
            "level": SHARE,
        },
    ),
    "mlm.studies.plan.slope_power": (
        {"subjects": 5, "days": [0, 1], "slope": 1, "sd_slope": 1, "sigma": 1},
        {
            "subjects": [*NUMBERS, 1, [5, 1]],
            "days": [*NUMBERS, 3.0],
            "slope": NUMBERS,
            "sd_slope": [*NUMBERS, -1, [1.0, -1.0]],
            "sigma": [*NUMBERS, -1, [1.0, -1.0]],
            "alpha": SHARE,
        },
    ),
}
# What is not checked, and why.
FREE = {
    "mlm.demonstrations.newton.newton_of_the_notes": "a specimen, faults and all",
    "mlm.demonstrations.newton.van_der_waals": "a formula",
    "mlm.demonstrations.newton.van_der_waals_slope": "a formula",
    "mlm.interop.marginaleffects.marginaleffects_model": "test_interop",
    "Design.weighted": "the engine's, for arrays of its own",
    "Design.with_response": "the engine's, for arrays of its own",
    "RandomTerm.matrix": "the engine's, for arrays of its own",
    "RandomTerm.parents": "the engine's, for terms of its own",
    "LinearMixedModel.draw": "the generators are `simulate`'s",
    "LinearModel.with_design": "the design's makers check",
    "LinearMixedModel.with_design": "the design's makers check",
    "GeneralizedLinearModel.with_design": "the design's makers check",
    "GeneralizedLinearMixedModel.with_design": "the design's makers check",
    "LinearModel.draw": "the generators are `simulate`'s",
    "GeneralizedLinearModel.draw": "the generators are `simulate`'s",
    "GeneralizedLinearMixedModel.draw": "the generators are `simulate`'s",
    "Refits.count": "a sequence's",
    "Refits.index": "a sequence's",
    "VarCorr.get": "a mapping's",
    "VarCorr.table": "the print-out's",
    "ProfiledCriterion.of_factors": "the engine's, for arrays of its own",
    "ProfiledCriterion.slopes": "the engine's, for arrays of its own",
    "ProfiledCriterion.steps": "the engine's, for arrays of its own",
    "ProfiledCriterion.solve": "the engine's, for arrays of its own",
    "ProfiledCriterion.take": "the engine's, for arrays of its own",
    "ProfiledCriterion.value": "the engine's, for arrays of its own",
    "ProfiledCriterion.with_response": "the engine's, for arrays of its own",
    "ProfiledCriterion.expand": "the engine's, for arrays of its own",
    "ProfiledCriterion.at": "the engine's, for arrays of its own",
    "ProfiledCriterion.at_sigma": "the engine's, for arrays of its own",
    "ProfiledCriterion.factorise": "the engine's, for arrays of its own",
}
# What a message calls an argument, if not by its name.
CALLED = {
    "new_data": "new data",
    "fits": "model 2|fits",
    "factors": "factor|rows",
    "name": "data set|random term",
    "group": "column|group",
    "weights": "weights?",
    "effects": "effects|parameter|sd_.*",
    "n": "n|replicates",
    "y": "y|new response",
    "text": "formula",
    "parm": "parm|parameter",
    "at": "at|predictor|level",
    "names": "names|predictor",
    "by": "by|predictor",
    "L": "L|fixed effect",
    "analysis": "analysis",
    "held_out": "held_out|round",
}
MODULES = [
    "mlm.demonstrations.averages",
    "mlm.demonstrations.collinearity",
    "mlm.demonstrations.estimation",
    "mlm.demonstrations.held_out",
    "mlm.demonstrations.newton",
    "mlm.demonstrations.pooling",
    "mlm.families.links",
    "mlm.interop.marginaleffects",
    "mlm.replicates.proportions",
    "mlm.studies.plan",
    "methods3.rstream",
]
OBJECTS = {
    "Bootstrap": BOOT,
    "Contrasts": FIT.contrast([0, 1]),
    "Means": FIT.means("x", at={"x": [1, 2]}),
    "Design": FIT.design,
    "LinearMixedModel": FIT,
    "GeneralizedLinearModel": GENERAL,
    "GeneralizedLinearMixedModel": GENERAL_MIXED,
    "LinearModel": LINEAR,
    "PIRLS": mlm.pirls(GENERAL_MIXED.design, [1.0], [0.0, 0.1]),
    "PLS": FIT.pls,
    "Power": POWER,
    "ProfiledCriterion": FIT.criterion_function,
    "RandomTerm": FIT.design.terms[0],
    "Refits": FIT.refit(FIT.simulate(2, seed=1)),
    "Table": mlm.table(FIT),
    "VarCorr": FIT.varcorr,
}


def public():
    """Every public function with its name, and every public method of a result."""
    found = {}
    for name in mlm.__all__:
        value = getattr(mlm, name)
        if inspect.isfunction(value):
            found[f"mlm.{name}"] = value
        elif inspect.isclass(value) and not issubclass(value, Exception):
            found |= methods(name)
    for module in MODULES:
        for name, value in vars(importlib.import_module(module)).items():
            is_new = (
                getattr(value, "__module__", "") == module and name not in mlm.__all__
            )
            if inspect.isfunction(value) and is_new and name[0] != "_":
                found[f"{module}.{name}"] = value
    for name in ("ProfiledCriterion", "Refits", "VarCorr"):
        found |= methods(name)
    found["ProfiledCriterion.__call__"] = FIT.criterion_function.__call__
    return {name: f for name, f in found.items() if inspect.signature(f).parameters}


def methods(name):
    thing = OBJECTS[name]
    return {
        f"{name}.{method}": getattr(thing, method)
        for method, _ in inspect.getmembers(type(thing), callable)
        if not method.startswith("_")
    }


FUNCTIONS = public()


def call(name, given):
    function = FUNCTIONS[name]
    if name == "mlm.anova":
        return function(FIT, given["fits"])
    if name == "mlm.crossing":
        return function(factor=given["factors"])
    found = function(**given)
    return list(found) if inspect.isgenerator(found) else found


def test_every_argument_has_its_row():
    assert {*TABLE} | {*FREE} == {*FUNCTIONS}
    for name in TABLE:
        assert {*TABLE[name][1]} == {*inspect.signature(FUNCTIONS[name]).parameters}


CASES = [(name, argument) for name in TABLE for argument in TABLE[name][1]]


@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
@pytest.mark.parametrize(("name", "argument"), CASES)
def test_wrong_values_are_named(name, argument):
    good, wrong = TABLE[name]
    assert wrong[argument]
    words = rf"\b({CALLED.get(argument, argument)})\b"
    for value in wrong[argument]:
        with pytest.raises(mlm.MlmError, match=words):
            call(name, good | {argument: value})


def as_numpys(value):
    """The same number, or truth value, as numpy has it."""
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, int):
        return np.int16(value)
    return np.float64(value) if isinstance(value, float) else value


@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
@pytest.mark.parametrize("name", TABLE)
def test_numpys_numbers_are_as_good(name):
    good, _ = TABLE[name]
    known = call(name, good)
    found = call(name, {key: as_numpys(value) for key, value in good.items()})
    if isinstance(known, pd.DataFrame):
        pd.testing.assert_frame_equal(found, known, check_exact=True)
    elif isinstance(known, pd.Series | np.ndarray | float):
        np.testing.assert_array_equal(np.asarray(found), np.asarray(known))
    else:
        assert type(found) is type(known)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        (1.0, 2.0),
        range(1, 3),
        pd.Series([1, 2], dtype="Int64"),
        pd.Series([1.0, 2.0], dtype="float32[pyarrow]"),
        pd.Series([1, 2], dtype=object),
        np.array([1, 2], dtype="uint8"),
        np.array([1, 2], dtype="float16"),
        [np.int8(1), 2.0],
    ],
    ids=lambda values: f"{type(values).__name__} {getattr(values, 'dtype', '')}",
)
def test_numbers_of_every_kind_are_taken(values):
    found = arguments.numbers("values", values)
    assert found.dtype == float
    assert found.tolist() == [1.0, 2.0]


def test_ends_of_a_range_belong_to_it():
    found = [arguments.whole_number("n", n, 2, most=4) for n in (2, 3, 4)]
    assert found == [2, 3, 4]
    for n in (1, 5):
        with pytest.raises(mlm.DataError, match=f"n is .* from 2 to 4, not {n}"):
            arguments.whole_number("n", n, 2, most=4)


def test_memory_is_that_of_all_numbers_together():
    most = arguments.MOST_NUMBERS // 7
    assert arguments.in_memory("n", most, 7) == most
    with pytest.raises(mlm.DataError, match=f"ask for {most} at most"):
        arguments.in_memory("n", most + 1, 7)


def test_long_values_are_not_shown_whole():
    with pytest.raises(
        mlm.DataError, match=r"between 0 and 1, such as 0\.95, not a list"
    ):
        BOOT.confint([0.95] * 100)


# What many pictures and live figures have in common; they look at it first.
COMMON = {
    "fit": (FIT, FITS),
    "data": (DATA, [*FRAME, None]),
    "seed": (1, [*SEED, None]),
}
SHOWN = [
    (function, argument)
    for module in (plots, explore)
    for name, function in sorted(vars(module).items())
    if inspect.isfunction(function)
    for argument in inspect.signature(function).parameters
    if argument in COMMON
]


def test_the_walk_finds_pictures_and_live_figures():
    assert {argument for _, argument in SHOWN} == {*COMMON}
    assert {plots.plot_residuals, explore.added_noise} < {f for f, _ in SHOWN}


@pytest.mark.parametrize(("function", "argument"), SHOWN)
def test_pictures_and_live_figures_name_wrong_values(function, argument):
    given = dict.fromkeys(inspect.signature(function).parameters)
    good = {name: right for name, (right, _) in COMMON.items()}
    given |= {name: good[name] for name in given if name in good}
    for value in COMMON[argument][1]:
        with pytest.raises(mlm.DataError, match=rf"\b{argument}\b"):
            function(**given | {argument: value})


@pytest.mark.parametrize("ax", [3, "ax", [1], DATA])
def test_what_is_no_axes_is_named(ax):
    with pytest.raises(mlm.DataError, match="ax is an Axes of matplotlib"):
        plots.plot_residuals(FIT, ax=ax)
    with pytest.raises(mlm.DataError, match="ax is an Axes of matplotlib"):
        plots.plot_means(DATA, "x", "y", ax=ax)


@pytest.mark.parametrize("name", ["nothing", 3, None, ["g"], np.array(["g", "x"])])
def test_names_that_are_none_are_named(name):
    with pytest.raises(mlm.DataError, match=r"no column .* there are: 'x', 'g', 'y'"):
        plots.plot_means(DATA, name, "y")
    with pytest.raises(mlm.DataError, match=r"no grouping factor .* there are: 'g'"):
        plots.plot_caterpillar(FIT, name, "(Intercept)")
