"""What a formula computes: no code, right numbers on new rows, words for the rest."""

import os
import pickle
import random
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

import mlm
from mlm.demonstrations.pooling import pooling_table
from mlm.formula import functions
from mlm.formula.parse import parse_formula
from mlm.ground import names

LETTERS = list("abc")


def rows(n=60, seed=1):
    rng = np.random.default_rng(seed)
    group = np.repeat(rng.uniform(0, 3, n // 6), 6)
    x, z = group + rng.uniform(1, 3, n), rng.uniform(1, 3, n)
    return pd.DataFrame(
        {
            "y": 2 + x + np.repeat(rng.normal(0, 3, n // 6), 6) + rng.normal(size=n),
            "pre": np.repeat(rng.normal(3, 3, n // 6), 6) + rng.normal(size=n),
            "x": x,
            "z": z,
            "f": rng.permutation(np.resize(LETTERS, n)),
            "k": np.arange(n) % 4,
            "g": np.arange(n) // 6,
        }
    )


DATA = rows()
STOLEN = "stolen"
RUN = f"__import__('os').system('touch {STOLEN}')"

ATTACKS = [
    f"{{{RUN}}}",
    f"I({RUN})",
    f"x + {RUN}",
    f"np.f2py.os.system('touch {STOLEN}')",
    f"I(np.f2py.os.system('touch {STOLEN}') + x)",
    f'eval("{RUN}")',
    f'exec(\'open("{STOLEN}", "w")\')',
    f"open('{STOLEN}', 'w')",
    f"I(open('{STOLEN}', 'w').write('a') + x)",
    f"np.save('{STOLEN}', x)",
    f"np.savetxt('{STOLEN}', x)",
    f"x.to_csv('{STOLEN}')",
    f"x.tofile('{STOLEN}')",
    f"np.load('{STOLEN}', allow_pickle=True)",
    f"np.fromfile('{STOLEN}')",
    f"np.loadtxt('{STOLEN}')",
    f"np.memmap('{STOLEN}', mode='w+', shape=9)",
    "np.add.__class__",
    "np.log.__init__.__globals__['os']",
    "np.add.reduce(x)",
    "np.add.at(x, 0, 9)",
    "np.log(x, out=x)",
    "np.add(x, 1, x)",
    "np.frompyfunc(print, 1, 1)(x)",
    "np.vectorize(print)(x)",
    "np.apply_along_axis(print, 0, x)",
    "np.lib.format.os.system('true')",
    "np.ctypeslib.ctypes.CDLL(None)",
    "np.random.seed(1)",
    "np.testing.run_module_suite()",
    "np.ｆ２ｐｙ.os.system('true')",
    "ｎｐ.load(x)",
    "ｅｖａｌ('1')",
    "np.𝗅oad(x)",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "I(x.__class__.__mro__)",
    "I((lambda: 1)())",
    "I([v for v in x])",
    "I({v for v in x})",
    "I((v := x))",
    "I(f'{x}')",
    "I(*x)",
    "I(**x)",
    "np.log(*x)",
    "I(await x)",
    "I((yield x))",
    "I(x if x else z)",
    "I(x and z)",
    "I(not x)",
    "I(x[0])",
    "I(x @ z)",
    "I(x << 99999999)",
    "I('x' * 10**9)",
    "I(x.eval('1'))",
    "x.query('1')",
    "pd.eval('1')",
    "@x",
    "I(@x)",
    "hashed(f, levels=3)",
    f"hashed(f, levels=3, hash_func=lambda v: {RUN})",
    "C(f, contr.custom)",
    "C(f, contr.custom(x))",
    "C(f, contr.__init__)",
    "C(f, contr.treatment.__class__)",
    "C(f, contr.treatment(x))",
    f"C(f, contr.treatment({RUN}))",
    f"C(f, levels=[{RUN}])",
    f"C(f, {{{RUN}: [1, 2, 3]}})",
    "C(f, contrasts=np.load('a'))",
    "C(f, spans_intercept=x)",
    f"poly(x, {RUN})",
    "poly(x, degree=x)",
    'bs(x, df=4, extrapolation="""\'] + [open(\'a\')] + [\'""")',
    f"bs(x, df=4, extrapolation='\"] + [{RUN.replace(chr(39), '')}] + [\"')",
    "bs(x, df=4, extrapolation='none')",
    "bs(x, df=4, _state={})",
    "scale(x, _context=x)",
    "Q('x')",
    "Q(x)",
    "lag(x, 1)",
    "stateful_transform(print)(x)",
    "print(x)",
    "globals()",
    "getattr(x, 'to_csv')('a')",
    "DATA",
    "np",
    "contr.sum",
    "contr.sum(f)",
    "I",
    "I()",
    "I(x, z)",
    "`I`(x)",
    "`np`.load(x)",
    f"`{RUN}`",
    "I(`x`.to_numpy())",
    "'x'",
    "I('x')",
    "np.log('x')",
    "x\\\n",
    "x; import os",
    "x # comment",
    "x\x00",
    "x\u202e",
    "x\ud800",
]
PLACES = {
    "fixed": "y ~ {}",
    "added": "y ~ x + {} + (1 | g)",
    "random": "y ~ x + ({} | g)",
    "independent": "y ~ x + (1 + {} || g)",
    "product": "y ~ x*{}",
    "response": "{} ~ x",
    "difference": "y - ({}) ~ x",
    "grouping": "y ~ x + (1 | {})",
    "crossed": "y ~ x + (1 | g:{})",
}


def is_refused(make, formula, data):
    """Whether a formula is an error of ours; any other is raised."""
    try:
        make(formula, data)
    except mlm.MlmError:
        return True
    return False


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_run(attack, tmp_path, monkeypatch):
    """Wherever it stands: the places where it was taken are listed."""
    monkeypatch.chdir(tmp_path)
    before, planned = DATA.copy(), DATA.drop(columns="y")
    taken = []
    for place, formula in PLACES.items():
        asked = [(mlm.design_matrices, DATA)]
        if place != "response":  # which is any name, until data are simulated
            asked.append((mlm.planned_design, planned))
        for make, data in asked:
            if not is_refused(make, formula.format(attack), data):
                taken.append((place, make.__name__))
    assert taken == []
    assert os.listdir() == []
    pd.testing.assert_frame_equal(DATA, before)


def test_no_variable_of_the_caller_is_seen():
    secret = 3.0
    with pytest.raises(mlm.FormulaError, match="no column 'secret'"):
        mlm.lm("y ~ I(x * secret)", DATA)
    assert secret == 3.0


def test_every_function_of_numpy_that_is_known_computes_row_by_row():
    """Found by trying all names of numpy: on part of the rows, the same values."""
    x = np.linspace(0.1, 0.9, 12)
    known = [name for name in dir(np) if functions.numpy_function(name)]
    assert {"log", "sqrt", "maximum", "where", "arctan2"} <= set(known)
    assert not {"mean", "matmul", "vecdot", "load", "divmod", "dot"} & set(known)
    tried = 0
    for name in known:
        function, least, most = functions.numpy_function(name)
        for count in {least, most}:
            try:
                with np.errstate(all="ignore"):
                    whole = function(*[x] * count)
                    part = function(*[x[3:7]] * count)
            except TypeError:  # of integers or dates only
                continue
            np.testing.assert_array_equal(part, whole[3:7], err_msg=name)
            tried += 1
    assert tried > 50


# Grammar and mutations of the formulas that are tried at random.
COLUMNS = ["x", "z", "f", "k", "`x`", "pre", "1", "0"]
CALLS = ["np.log", "np.mean", "log", "I", "C", "poly", "center", "scale", "bs", "cc"]
CALLS += ["eval", "getattr", "np.load", "np.add.reduce", "x.mean", "np.where", "f"]
LAST = ["", "", ", 2", ", df=4", ", degree=10**9", ", contr.sum", ", **x", ", *x"]
LAST += [", contr.treatment(1)", ", levels=[1]", ", out=x"]
JOINTS = ["+", "-", "*", "/", "**", "//", "%", "<", "==", "&", "|", "@", "and", "^"]
MARKS = [*"()[]{}'\"`\\\n\x00\ud800²@$!=,;#é９ｘ😀~|^.:", "**", ":=", "->", "lambda:0"]
MARKS += ["10**9", "1e9", "__import__", "not ", "np", "None", "%in%", "||", "..."]


def random_expression(rng, depth=0):
    kind = rng.random()
    if depth > 3 or kind < 0.4:
        return rng.choice(COLUMNS)
    inner = [random_expression(rng, depth + 1) for _ in range(rng.randint(1, 3))]
    if kind < 0.6:
        return f"{inner[0]} {rng.choice(JOINTS)} {inner[-1]}"
    if kind < 0.9:
        return f"{rng.choice(CALLS)}({', '.join(inner)}{rng.choice(LAST)})"
    return rng.choice(["-", "+", "~", "lambda: ", "(", "{"]) + inner[0]


def random_sum(rng, depth=0):
    kind = rng.random()
    if depth > 3 or kind < 0.4:
        return rng.choice([rng.choice(COLUMNS), random_expression(rng, 2)])
    left, right = random_sum(rng, depth + 1), random_sum(rng, depth + 1)
    joint = rng.choice(["+", "+", "-", "*", ":", "/", "^2 +", "%in%", "|"])
    return rng.choice([f"{left} {joint} {right}", f"({left} {joint} {right})"])


def random_formula(rng):
    left = rng.choice(["y", "y", "log(x)", "y - x", "y^2", random_expression(rng)])
    text = f"{left} ~ {random_sum(rng)}"
    for _ in range(rng.choice([0, 1, 2])):
        bar, group = rng.choice(["|", "||"]), rng.choice(["g", "f:g", "g/f", "C(g)"])
        text += f" + ({random_sum(rng, 3)} {bar} {group})"
    change = rng.random()
    for _ in range(rng.randint(1, 4) if change < 0.25 else 0):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(MARKS) + text[at + rng.randint(0, 2) :]
    if change > 0.97:
        more = rng.choice(["(", "-", "[", "+x", "**9", "I(", "x*", "not ", "`", "1|"])
        at = rng.randrange(len(text) + 1)
        text = text[:at] + more * rng.choice([50, 500, 5000]) + text[at:]
    return text


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
def test_random_formulas_are_fitted_or_refused_in_our_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng, read = random.Random(17), 0
    for _ in range(1500):
        text = random_formula(rng)
        try:
            mlm.design_matrices(text, DATA)
            read += 1
        except mlm.MlmError:
            pass
        except Exception as error:
            pytest.fail(f"{text!r}: {error!r}")
    assert read > 100
    assert os.listdir() == []


TOO_LARGE = [
    # what is asked for, and words of the refusal
    ("poly(x, 1000000000)", "from 1 to 50"),
    ("poly(x, 10**9)", "10\\*\\*9 is no number"),
    ("bs(x, df=100000000)", "from 1 to 50"),
    ("cr(x, df=100000000)", "from 1 to 50"),
    ("bs(x, degree=100000000)", "from 1 to 50"),
    (f"bs(x, knots=[{'1.5,' * 90}2])", "knots are too many"),
    ("x**99999999", "whole number from 1 to 8"),
    ("(x + z)^99999999", "whole number from 1 to 8"),
    (f"({'+'.join(f'`a{i}`' for i in range(60))})^4", "too many terms"),
    ("*".join(f"`a{i}`" for i in range(40)), "too many"),
    (":".join(f"`a{i}`" for i in range(40)), "too many factors"),
    ("C(x):C(z):C(pre)", "216000 columns of 60 rows are too many"),
    ("I(x + 10**10**10)", "not finite"),
    (f"I({'9' * 400}*x)", "cannot read"),
    (f"I({'9' * 5000}*x)", "too long"),
    (f"I({'-' * 900}x)", "nested too deep"),
    (f"{'I(' * 150}x{')' * 150}", "nested too deep"),
    ("x + " * 20_000 + "z", "20000 can be read"),
    ("`" * 999, "never closed"),
]


@pytest.mark.parametrize(("asked", "words"), TOO_LARGE)
def test_too_much_is_refused_before_it_is_made(asked, words):
    with pytest.raises(mlm.FormulaError, match=words):
        mlm.design_matrices(f"y ~ {asked}", DATA)


def test_numbers_of_all_columns_are_counted(monkeypatch):
    """60 rows of 4 columns are 240 numbers, although 4 columns are few."""
    data = DATA.assign(four=list("abcd") * 15)
    monkeypatch.setattr("mlm.formula.computing.MOST_NUMBERS", 240)
    assert mlm.design_matrices("y ~ four", data).p == 4
    monkeypatch.setattr("mlm.formula.computing.MOST_NUMBERS", 239)
    with pytest.raises(mlm.FormulaError, match="4 columns of 60 rows are too many"):
        mlm.design_matrices("y ~ four", data)


def test_a_polynomial_needs_more_values_than_its_degree():
    """R: 'degree' must be less than number of unique points."""
    data = DATA.assign(four=[0.0, 1, 2, 4] * 15)
    assert mlm.design_matrices("y ~ poly(four, 3)", data).p == 4
    with pytest.raises(mlm.FormulaError, match="4 different values only"):
        mlm.design_matrices("y ~ poly(four, 4)", data)


def test_wide_and_deep_formulas_that_can_be_read():
    sine = "+".join(f"np.sin({i} * x)" for i in range(1, 9))
    assert mlm.lm(f"y ~ {sine}", DATA).design.fixed.values.shape == (60, 9)
    assert mlm.lm(f"y ~ {'x + ' * 3000}{'(' * 900}z{')' * 900}", DATA).design.p == 3
    assert mlm.lm(f"y ~ {'x*' * 300}x", DATA).design.p == 2


y, pre, x, z = (DATA[name].to_numpy() for name in ("y", "pre", "x", "z"))
LEFTS = {
    # left side: what R's arithmetic gives (lm(left ~ z) has the same coefficients)
    "y - pre": y - pre,
    "y + pre": y + pre,
    "y * pre": y * pre,
    "y / pre": y / pre,
    "2 * y": 2 * y,
    "1 / x": 1 / x,
    "-y": -y,
    "-y^2": -(y**2),
    "y^2": y**2,
    "y^2 + 1": y**2 + 1,
    "y**2": y**2,
    "x^x^0.5": x ** (x**0.5),
    "2^y": 2**y,
    "(y - pre)/x": (y - pre) / x,
    "y - (pre - 1)": y - pre + 1,
    "y - pre - 1": y - pre - 1,
    "I(y - pre)": y - pre,
    "I(y^2)": y**2,
    "log(x)": np.log(x),
    "np.log(x / z)": np.log(x / z),
    "np.sqrt(x)^3": x**1.5,
    "exp(y) / 2": np.exp(y) / 2,
    "y > 4": (y > 4) * 1.0,
    "scale(y)": (y - y.mean()) / y.std(ddof=1),
    "center(y) * 2": (y - y.mean()) * 2,
    "`y` - `pre`": y - pre,
}


@pytest.mark.parametrize("left", LEFTS)
def test_left_side_is_arithmetic(left):
    fit = mlm.lm(f"{left} ~ z", DATA)
    right = np.linalg.lstsq(np.column_stack([np.ones(60), z]), LEFTS[left])[0]
    np.testing.assert_allclose(fit.fixef, right, rtol=1e-9)
    part = DATA.sample(7, random_state=1)
    np.testing.assert_allclose(fit.predict(part), fit.fitted[part.index], rtol=1e-9)
    again = fit.refit(LEFTS[left])
    np.testing.assert_allclose(again.fixef, right, rtol=1e-9)
    mixed = mlm.lmer(f"{left} ~ z + (1 | g)", DATA)
    column = mlm.lmer("left ~ z + (1 | g)", DATA.assign(left=LEFTS[left]))
    np.testing.assert_allclose(mixed.fixef, column.fixef, rtol=1e-6)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ("cbind(y, pre)", "one response at a time"),
        ("y, pre", "one response at a time"),
        ("[y, pre]", "one response at a time"),
        ("y | pre", "bar"),
        ("y : pre", "cannot read"),
        ("poly(y, 2)", "not one column of numbers"),
        ("C(y)", "not one column of numbers"),
        ("3", "uses no column"),
        ("f", "not numeric"),
        ("y - f", "'f' is no number"),
        ("np.log(y - 100)", "not finite"),
        ("y %% 2", "Python writes %"),
        ("log(y, 2)", "np.log2"),
        ("cbrt(y)", "np.cbrt"),
        ("asin(y)", "np.arcsin"),
        ("0 * y", "constant"),
        ("unknown - y", "no column 'unknown'"),
    ],
)
def test_other_left_sides_are_refused(left, words):
    with pytest.raises(mlm.FormulaError, match=words):
        mlm.lm(f"{left} ~ z", DATA)


# What R's terms() gives: attr(, "intercept") and attr(, "term.labels").
INTERCEPTS = [
    ("x + 0 + 1", 1, ["x"]),
    ("0 + 1 + x", 1, ["x"]),
    ("x - 1 + 1", 1, ["x"]),
    ("0 + x - 0", 1, ["x"]),
    ("x + 1 - 1", 0, ["x"]),
    ("-1 + x", 0, ["x"]),
    ("x + -1", 0, ["x"]),
    ("(0 + x) + z", 0, ["x", "z"]),
    ("(x - 1) + z", 0, ["x", "z"]),
    ("x - (1)", 0, ["x"]),
    ("x + (0)", 0, ["x"]),
    ("x - 0", 1, ["x"]),
    ("-0 + x - 1", 0, ["x"]),
    ("x + (z - 1)", 0, ["x", "z"]),
    ("x - (z - 1)", 1, ["x"]),
    ("x - (0 + z)", 1, ["x"]),
    ("x + z - (x + 1)", 0, ["z"]),
    ("0", 0, []),
    ("1 + 0", 0, []),
    ("1 - 0", 1, []),
    ("x - 1 - 0", 1, ["x"]),
    ("x + -0", 1, ["x"]),
    ("x - -1", 1, ["x"]),
    ("x + 0 + z", 0, ["x", "z"]),
    ("(0 + x) * z", 0, ["x", "z", "x:z"]),  # R's terms(), also for what follows
    ("(x + z - 1)^2", 0, ["x", "z", "x:z"]),
    ("(x - 1):z", 0, ["x:z"]),
    ("x / (0 + z)", 0, ["x", "x:z"]),
    ("(x - 1) * z + 1", 1, ["x", "z", "x:z"]),
    ("(x + z)^1", 1, ["x", "z"]),
    ("(x + z) %in% k", 1, ["x:k", "z:k"]),
    ("x %in% (z + k)", 1, ["x:z:k"]),
]


@pytest.mark.parametrize(("right", "intercept", "terms"), INTERCEPTS)
def test_the_last_word_on_the_intercept_counts(right, intercept, terms):
    names = ["(Intercept)"] * intercept + terms
    design = mlm.design_matrices(f"y ~ {right}", DATA)
    assert list(design.fixed.names) == names
    if names:
        mixed = mlm.design_matrices(f"y ~ 1 + ({right} | g)", DATA)
        assert list(mixed.terms[0].columns) == names


@pytest.mark.parametrize(
    "right", ["Days^2", "Days**2", "(Days)^2", "(Days:x)^3", "f^2"]
)
def test_power_of_one_effect_is_refused(right):
    """R, too, takes it for the effect itself, and says nothing."""
    data = DATA.rename(columns={"z": "Days"})
    with pytest.raises(mlm.FormulaError, match=r"I\(x\*\*2\)"):
        mlm.lm(f"y ~ {right}", data)


# What learns from the fitted data, and what computes row by row.
LEARNING = ["center(x)", "scale(x)", "scale(x, center=False)", "scale(x, ddof=0)"]
LEARNING += [
    "poly(x, 2)",
    "poly(x, 3, raw=True)",
    "bs(x, df=4)",
    "cr(x, df=4, constraints='center')",
]
LEARNING += [
    "bs(x, df=5, degree=2, extrapolation='clip')",
    "cc(x, df=4, constraints='center')",
    "C(k)",
]
LEARNING += ["I(center(x)**2)", "np.exp(scale(x))", "center(np.log(x))", "C(f):x"]
LEARNING += ["poly(center(x), 2)", "C(f, contr.sum)", "C(f, contr.treatment('b'))"]
LEARNING += [
    "C(f, contr.helmert) * x",
    "C(k, contr.poly)",
    "C(f, levels=['c','b','a'])",
]
LEARNING += ["np.where(x > 3, z, 0)", "I(x > 3)", "0 + I(x > 3)", "np.clip(x, 2, 4)"]
LEARNING += ["I(f == 'a')", "I((f == 'a') * x)", "np.round(x, 1)", "x * f", "f / x"]
LEARNING += ["I(x - np.mean(x))", "I(x / x.std())", "np.log(z / z.max())"]
LEARNING += ["I((x + z).mean() * x)", "np.maximum(x, np.median(x))", "I(x > x.mean())"]
LEARNING += ["I(x * np.pi)", "I(3 < x)", "{x + 1}", "np.logical_and(x > 2, z < 2)"]


@pytest.mark.parametrize("right", LEARNING)
def test_predictions_do_not_depend_on_which_rows_are_asked_for(right):
    fit = mlm.lmer(f"y ~ {right} + (1 | g)", DATA)
    for part in (DATA.iloc[[5]], DATA.iloc[:9], DATA[::-1]):
        new = fit.predict(part)
        np.testing.assert_allclose(new, fit.fitted[part.index], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["mean", "median", "min", "max", "sum", "std", "var"])
def test_summaries_are_numpys_and_pandas(name):
    x = DATA["x"].astype(float)
    for right, number in (
        (f"I(x * np.{name}(x))", getattr(np, name)(x.to_numpy())),
        (f"I(x * x.{name}())", getattr(x, name)()),
    ):
        found = mlm.design_matrices(f"y ~ 0 + {right}", DATA).X[:, 0]
        np.testing.assert_allclose(found, x * number, rtol=1e-12)
    with pytest.raises(mlm.FormulaError, match="takes no other arguments"):
        mlm.lm(f"y ~ I(x * x.{name}(axis=0))", DATA)


def test_predictions_of_scale_and_poly_are_those_of_R():
    """R 4.2: predict(lm(y ~ scale(x) + poly(z, 2), d), data.frame(x = 9, z = 7))."""
    data = pd.DataFrame(
        {
            "y": [3, 1, 4, 1, 5, 9.0],
            "x": [2, 7, 1, 8, 2, 8.0],
            "z": [1, 4, 1, 4, 2, 1.0],
        }
    )
    fit = mlm.lm("y ~ scale(x) + poly(z, 2)", data)
    new = fit.predict(pd.DataFrame({"x": [9.0], "z": [7.0]}))
    np.testing.assert_allclose(new, -36.400000000000, rtol=1e-9)


TOGETHER = ["np.cumsum(x)", "x.rank()", "np.diff(x)", "x.cumsum()"]
TOGETHER += ["I(x - np.ptp(x))", "I(x / x.size)", "x.groupby(g)", "np.quantile(x, 0.5)"]


@pytest.mark.parametrize("right", TOGETHER)
def test_functions_of_all_rows_together_are_refused(right):
    with pytest.raises(mlm.FormulaError, match=r"write center\(x\), scale"):
        mlm.lm(f"y ~ {right}", DATA)


def test_unseen_levels_of_what_is_computed():
    fit = mlm.lm("y ~ C(k) + x", DATA)
    with pytest.raises(mlm.DataError, match=r"C\(k\) has 9.*0, 1, 2, 3"):
        fit.predict(DATA.assign(k=9))
    with pytest.raises(mlm.DataError, match="'c', which is not among its levels"):
        mlm.lm("y ~ C(f, levels=['a', 'b'])", DATA)
    bounded = mlm.lm("y ~ bs(x, df=4)", DATA)
    with pytest.raises(mlm.DataError, match=r"bs\(x, df=4\) of new data"):
        bounded.predict(DATA.assign(x=99.0))


def half(column):
    return column / 2


def test_functions_of_the_caller():
    fit = mlm.lmer("y ~ half(x) + (1 | g)", DATA, namespace={"half": half})
    right = mlm.lmer("y ~ I(x / 2) + (1 | g)", DATA)
    np.testing.assert_allclose(fit.fixef, right.fixef, rtol=1e-9)
    np.testing.assert_allclose(fit.predict(DATA[:4]), fit.fitted[:4], rtol=1e-9)
    assert repr(pickle.loads(pickle.dumps(fit))) == repr(fit)
    left = mlm.lm("half(y) ~ half(x) * f", DATA, namespace={"half": half})
    same = mlm.lm("I(y / 2) ~ I(x / 2) * f", DATA)
    np.testing.assert_allclose(left.fixef, same.fixef, rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "function"),
    [
        ("f1(x, 2)", lambda v, by: v * by),
        ("f1(x, by=2)", lambda v, by=1: v * by),
        ("f1(x, z)", lambda v, w: v + w),
        ("f1(f)", lambda v: v.map({"a": 0.0, "b": 1.0, "c": 3.0})),
        ("f1(f)", lambda v: v.str.upper()),
        ("f1(f, 'a')", lambda v, level: v == level),
        ("f1(np.log(x))", lambda v: v.to_numpy()),
        ("np.log(f1(x))", lambda v: list(v)),
        ("I(f1(x)**2)", np.sqrt),
        ("poly(f1(x), 2)", np.sqrt),
        ("C(f1(k))", lambda v: v % 2),
        ("center(f1(x))", np.sqrt),
    ],
)
def test_uses_of_functions_of_the_caller(call, function):
    fit = mlm.lm(f"y ~ {call}", DATA, namespace={"f1": function})
    part = DATA.iloc[:5]
    np.testing.assert_allclose(fit.predict(part), fit.fitted[:5], rtol=1e-9)


@pytest.mark.slow
def test_the_caller_can_replace_words_of_r_alone():
    mlm.lm("y ~ ceiling(x)", DATA, namespace={"ceiling": np.ceil})
    planned = mlm.planned_design("r ~ half(x)", DATA, namespace={"half": half})
    assert planned.fixed_names == ("(Intercept)", "half(x)")
    table = pooling_table("y ~ half(x)", DATA, "g", namespace={"half": half})
    assert "half(x)" in table["partial lines"]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda v: v - v.mean(), "depends on other rows"),
        (lambda v: v / v.max(), "depends on other rows"),
        (lambda v: v.shift(1).fillna(0), "depends on other rows"),
        (lambda v: v.rank(), "depends on other rows"),
        (lambda v: v.cumsum(), "depends on other rows"),
        (lambda v: np.arange(len(v)), "depends on other rows"),
        (lambda v: pd.qcut(v, 3, labels=False), "depends on other rows"),
        (lambda v: v[:3], "one value for each row"),
        (lambda v: np.column_stack([v, v]), "one value for each row"),
        (lambda v: 3, "one value for each row"),
        (lambda v: v / None, "cannot compute"),
        (lambda v: [print] * len(v), "must give numbers, texts"),
        (lambda v: v.map(lambda value: (value,)), "must give numbers, texts"),
    ],
)
def test_bad_functions_of_the_caller(function, words):
    with pytest.raises(mlm.MlmError, match=words):
        mlm.lm("y ~ f1(x)", DATA, namespace={"f1": function})


@pytest.mark.parametrize(
    ("namespace", "words"),
    [
        ({"np": np.log}, "know 'np' already"),
        ({"poly": np.log}, "know 'poly' already"),
        ({"a b": np.log}, "no name of a function"),
        ({1: np.log}, "no name of a function"),
        ({"k": 3}, "not a function, but 3"),
        ([np.log], "is a dict of functions by name.*not a list"),
    ],
)
def test_bad_namespaces(namespace, words):
    with pytest.raises(mlm.DataError, match=words):
        mlm.lm("y ~ x", DATA, namespace=namespace)


NAMES = {
    # right side: names of its columns, R's where R has the expression
    "log (x)": ["log(x)"],
    "x %in% f": ["x:fa", "x:fb", "x:fc"],
    "poly(x, 2)": ["poly(x, 2)1", "poly(x, 2)2"],
    "C(f, levels=['b', 'a', 'c'])": [
        "C(f, levels=['b', 'a', 'c'])a",
        "C(f, levels=['b', 'a', 'c'])c",
    ],
    "I(x > 3)": ["I(x > 3)True"],
    "`a[1]`:x + z": ["z", "a[1]:x"],
    "odd": ["odd[T.b]", "odd:x:]"],
    "`Intercept`": ["Intercept"],
}


@pytest.mark.parametrize("right", NAMES)
def test_names_of_columns(right):
    odd = np.resize(["[T.a]", "[T.b]", ":x:]"], 60)
    data = DATA.assign(odd=pd.Categorical(odd, ["[T.a]", "[T.b]", ":x:]"]))
    data = data.assign(**{"a[1]": x**2, "Intercept": x})
    design = mlm.design_matrices(f"y ~ {right}", data)
    assert list(design.fixed.names) == ["(Intercept)", *NAMES[right]]


ODD_NAMES = [
    "dog's age",
    "a+b",
    "a:b",
    "x*z",
    "a|b",
    "a~b",
    "(ms)",
    "a/b",
    "a^2",
    "a b",
]
ODD_NAMES += [
    "µ",
    "μ",
    "lambda",
    "reaction.time",
    "np",
    "log",
    "poly",
    "I",
    "C",
    "1",
    "2x",
]
ODD_NAMES += ['say "hi"', "it's", "np.log(x)x", "{x}", "x -1", "a, b", "größe", "%in%"]
ODD_NAMES += [
    "_quoted0_",
    "a + -b",
    "a#b",
    "a\\b",
    "é",
    "__class__",
    "x.",
    "for",
    "a'b\"c",
]
USES = [
    ("y ~ {} + (1 | g)", "y ~ x + (1 | g)"),
    ("y ~ np.log({}) * f + (1 | g)", "y ~ np.log(x) * f + (1 | g)"),
    ("y ~ z + ({} | g)", "y ~ z + (x | g)"),
    ("y ~ z + ({} || g)", "y ~ z + (x || g)"),
    ("{} - pre ~ z:f + (1 | g)", "x - pre ~ z:f + (1 | g)"),
    ("{} ~ z + (1 | g)", "x ~ z + (1 | g)"),
    ("y ~ poly({}, 2) + I({}**3) + (1 | g)", "y ~ poly(x, 2) + I(x**3) + (1 | g)"),
]


@cache
def design_of(formula):
    """The matrices with the usual names, made once."""
    return mlm.design_matrices(formula, DATA)


@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_stand_in_backticks(name):
    data = DATA.rename(columns={"x": name})
    for odd, plain in USES:
        one = mlm.design_matrices(odd.replace("{}", f"`{name}`"), data)
        right = design_of(plain)
        np.testing.assert_array_equal(one.y, right.y)
        np.testing.assert_array_equal(one.X, right.X)
        np.testing.assert_array_equal(one.Z.toarray(), right.Z.toarray())
    groups = DATA.rename(columns={"g": name})
    for bar in ("(1 | {})", "(1 | {}:f)", "(1 | {}/f)", "(x || {})"):
        one = mlm.design_matrices(f"y ~ z + {bar}".replace("{}", f"`{name}`"), groups)
        right = design_of(f"y ~ z + {bar}".replace("{}", "g"))
        np.testing.assert_array_equal(one.Z.toarray(), right.Z.toarray())


@pytest.mark.parametrize(
    "name", ["µ", "lambda", "reaction.time", "größe", "np", "log", "C"]
)
def test_names_that_need_no_backticks(name):
    data = DATA.rename(columns={"x": name})
    one = mlm.lm(f"y ~ {name} * z", data)
    np.testing.assert_array_equal(one.fixef, mlm.lm("y ~ x * z", DATA).fixef)
    assert list(one.fixef.index) == ["(Intercept)", name, "z", f"{name}:z"]


def test_functions_and_columns_may_have_the_same_name():
    data = DATA.rename(columns={"x": "log", "z": "np"})
    one = mlm.lm("y ~ log(log) + np.log(np)", data)
    right = mlm.lm("y ~ log(x) + np.log(z)", DATA)
    np.testing.assert_array_equal(one.fixef, right.fixef)


def test_letters_that_look_alike_are_told_apart():
    data = DATA.rename(columns={"x": "\u03bc"})
    with pytest.raises(mlm.FormulaError, match=r"Did you mean.*looks like.*\\u03bc"):
        mlm.lm("y ~ np.log(\u00b5)", data)
    both = DATA.rename(columns={"x": "\u03bc", "z": "\u00b5"})
    fit = mlm.lm("y ~ np.log(\u00b5) + np.log(\u03bc)", both)
    right = mlm.lm("y ~ np.log(z) + np.log(x)", DATA)
    np.testing.assert_array_equal(fit.fixef, right.fixef)


def test_sums_of_integers_and_truths_are_those_of_r():
    """R adds TRUE + TRUE to 2, and squares of integers do not overflow."""
    data = DATA.assign(i=np.arange(60, dtype=np.int32) * 2000, b=DATA["x"] > 3)
    design = mlm.design_matrices("y ~ I(i**3) + I((x > 2) + (z > 2)) + I(b + b)", data)
    np.testing.assert_allclose(design.fixed.values[:, 1], (np.arange(60) * 2e3) ** 3)
    np.testing.assert_array_equal(design.fixed.values[:, 2], (x > 2) * 1 + (z > 2) * 1)
    np.testing.assert_array_equal(design.fixed.values[:, 3], 2.0 * data["b"])


# "cs" is a spline too: see the test of random terms.
@pytest.mark.parametrize("word", sorted({*names.table()["formula"]} - {"cs"}))
def test_words_of_other_formulas_have_a_hint(word):
    as_argument = word in ("TRUE", "FALSE", "T", "F", "NULL", "NA")
    call = f"poly(x, 2, raw={word})" if as_argument else f"{word}(x)"
    call = f"C(f, {word})" if word == "contr" else call
    call = f"np.log({call})" if word == "offset" else call
    with pytest.raises(mlm.FormulaError) as caught:
        parse_formula(f"y ~ {call}")
    assert str(caught.value).endswith(names.table()["formula"][word])


@pytest.mark.parametrize("word", ["Treatment('b')", "Sum", "Poly", "Helmert()", "Diff"])
def test_contrasts_of_patsy_have_a_hint(word):
    with pytest.raises(mlm.FormulaError, match=r"Write C\(f, contr\."):
        mlm.lm(f"y ~ C(f, {word})", DATA)


def test_names_in_quotes_of_patsy_have_a_hint():
    with pytest.raises(mlm.FormulaError, match="name in backticks"):
        mlm.lm("y ~ Q('x')", DATA)


# What hints say to write, with the columns that R makes of its own word.
REPLACEMENTS = [
    ("factor(k)", "C(k)", 3),
    ("relevel(f, 'c')", "C(f, contr.treatment('c'))", 2),
    ("ifelse(x > 3, 1, 0)", "np.where(x > 3, 1, 0)", 1),
    ("ns(x, df=4)", "cr(x, df=4, constraints='center')", 4),
    ("pmin(x, z)", "np.minimum(x, z)", 1),
    ("cbrt(x)", "np.cbrt(x)", 1),
    ("math.log(x)", "np.log(x)", 1),
    ("dummy(f)", "I(f == 'a')", 1),
    ("rcs(x, 3)", "cr(x, df=4, constraints='center')", 4),
    ("mo(f)", "C(f, contr.diff)", 2),
    ("paste(f, z)", "f:z", 3),
    ("minmax(x)", "I((x - np.min(x)) / (np.max(x) - np.min(x)))", 1),
    ("C(f, 'contr.sum')", "C(f, contr.sum)", 2),
    ("C(f, levels=c('c', 'a'))", "C(f, levels=['c', 'a', 'b'])", 2),
    ("k == 1", "I(k == 1)", 1),
    ("x < 3", "I(x < 3)", 1),
    ("x & z", "np.logical_and(x > 2, z < 2)", 1),
    ("!f", "I(f == 'a')", 1),
    ("data$x", "x", 1),
    ("x %% 2", "I(x % 2)", 1),
    ("x %/% 2", "I(x // 2)", 1),
    ("x %>% log", "np.log(x)", 1),
    ("x %*% z", "I(x * z)", 1),
    ("asin(x)", "np.arcsin(x / 9)", 1),
    ("plogis(x)", "I(1 / (1 + np.exp(-x)))", 1),
    ("exp10(x)", "I(10**x)", 1),
    ("standardize(x)", "scale(x, ddof=0)", 1),
    ("C(f, Sum)", "C(f, contr.sum)", 2),
    ("contr.custom(f)", "C(f, [[1, 0], [0, 1], [-1, -1]])", 2),
    ("reorder(f)", "C(f, levels=['c', 'a', 'b'])", 2),
]


@pytest.mark.parametrize(("word", "replacement", "columns"), REPLACEMENTS)
def test_what_hints_say_to_write_works(word, replacement, columns):
    with pytest.raises(mlm.FormulaError):
        mlm.lm(f"y ~ {word}", DATA)
    assert len(mlm.lm(f"y ~ {replacement}", DATA).design.fixed.names) == 1 + columns


# R's own functions of these names, on numbers: each column is that of numpy.
BARE = ["abs", "exp", "expm1", "floor", "log", "log10", "log1p", "log2", "sign"]
BARE += ["sqrt", "trunc", "sin", "cos", "tan", "sinh", "cosh", "tanh"]


@pytest.mark.parametrize("name", BARE)
def test_functions_of_r_need_no_np(name):
    fit = mlm.lm(f"y ~ 0 + {name}(x)", DATA)
    assert fit.design.fixed_names == (f"{name}(x)",)
    np.testing.assert_array_equal(fit.design.X[:, 0], getattr(np, name)(DATA["x"]))
    with pytest.raises(mlm.DataError, match=f"formulas know '{name}' already"):
        mlm.lm("y ~ x", DATA, namespace={name: abs})


@pytest.mark.parametrize(
    ("typed", "words", "way"),
    [
        ("(1 | factor(g))", "write (1 | g)", "(1 | g)"),
        ("(1 | as.factor(g))", "write (1 | g)", "(1 | g)"),
        ("(1 | C(g))", "write (1 | g)", "(1 | g)"),
        ("(1 | interaction(g, f))", "(1 | a:b)", "(1 | g:f)"),
        ("(1 | g * f)", "(1 | a/b)", "(1 | g/f)"),
        ("(1 | g + f)", "(1 | a) + (1 | b)", "(1 | g) + (1 | f)"),
        ("(x | g, cor = FALSE)", "(x || g)", "(x || g)"),
        ("(1 | gr(g, by = f))", "(1 | g)", "(1 | g)"),
        ("(1 | log(g))", "After the bar stands a column", "(1 | g)"),
        ("us(x | g)", "(x | g)", "(x | g)"),
        ("diag(x | g)", "(x || g)", "(x || g)"),
        ("ar1(x | g)", "not part of this library", "(x | g)"),
        ("f(x | g)", "response ~ fixed effects + (", "(x | g)"),
        ("re(g)", "(1 | g)", "(1 | g)"),
        ("Error(g)", "(1 | g)", "(1 | g)"),
        ("1 | g", "in parentheses", "(1 | g)"),
        ("1 || g", "in parentheses", "(1 || g)"),
    ],
)
@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
def test_random_terms_of_others_have_a_hint(typed, words, way):
    with pytest.raises(mlm.FormulaError, match=re.escape(words)):
        mlm.lmer(f"y ~ x + {typed}", DATA)
    assert mlm.lmer(f"y ~ x + {way}", DATA).nobs == len(DATA)


NEVER_EQUAL = ["I(k == '1')", "I(f == 1)", "np.where(f != k, x, 0)", "I(x == '1.5')"]


@pytest.mark.parametrize("right", NEVER_EQUAL)
def test_numbers_and_texts_are_not_compared(right):
    """R compares both as texts; numpy says that they differ in every row."""
    with pytest.raises(mlm.FormulaError, match="numbers and texts are never equal"):
        mlm.lm(f"y ~ {right}", DATA)


@pytest.mark.parametrize(
    ("right", "truth"),
    [
        ("I(k == 1)", DATA["k"] == 1),
        ("I(n == 1)", DATA["k"] == 1),
        ("I('a' == f)", DATA["f"] == "a"),
        ("I(b == 1)", DATA["k"] == 1),
    ],
)
def test_numbers_are_compared_with_numbers(right, truth):
    data = DATA.assign(n=DATA["k"].astype("category"), b=DATA["k"] == 1)
    design = mlm.design_matrices(f"y ~ 0 + {right}", data)
    assert design.fixed.values[:, -1].tolist() == truth.astype(float).tolist()
