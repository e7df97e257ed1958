"""Errors and warnings travel: pickled, copied, and out of other processes."""

import copy
import importlib
import multiprocessing
import pickle
import pkgutil
import re
import warnings
from concurrent.futures import ProcessPoolExecutor

import joblib
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import methods3
import mlm
from mlm.formula.functions import PartError

BAD = "Reaction ~ Days + (Days | Subject"
# What a class is called with, where that is not one text.
ARGUMENTS = {
    mlm.FormulaError: ("problem.", BAD, (18, 33), "What to do."),
    PartError: ("problem.", "What to do.", "a part"),
}


def classes():
    """Every class that our packages raise or warn with."""
    found = {}
    modules = [
        module.name
        for package in (mlm, methods3)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.name.endswith("__main__")
    ]
    for module in modules:
        found |= {
            value: None
            for value in vars(importlib.import_module(module)).values()
            if isinstance(value, type)
            and issubclass(value, BaseException)
            and value.__module__.split(".")[0] in ("mlm", "methods3")
        }
    return list(found)


def pickled(thing, protocol=pickle.DEFAULT_PROTOCOL):
    return pickle.loads(pickle.dumps(thing, protocol))


WAYS = {
    **{f"pickle {p}": lambda e, p=p: pickled(e, p) for p in range(6)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "twice": lambda error: pickled(copy.copy(pickled(error))),
}


def test_the_walk_finds_the_classes():
    assert {mlm.FormulaError, mlm.DataError, mlm.ConvergenceWarning} < {*classes()}
    assert any(kind.__module__.startswith("methods3.grade") for kind in classes())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_class_survives(kind, way):
    error = kind(*ARGUMENTS.get(kind, ("words, with “quotes” and\nlines",)))
    error.add_note("a note")
    error.extra = {"row": 3}
    again = WAYS[way](error)
    assert type(again) is kind
    assert again is not error
    assert (str(again), again.args) == (str(error), error.args)
    assert vars(again) == vars(error)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_an_error_comes_out_of_joblibs_pools(backend):
    with pytest.raises(mlm.FormulaError) as here:
        mlm.parse_formula(BAD)
    pool = joblib.Parallel(n_jobs=2, backend=backend)
    with pytest.raises(mlm.FormulaError) as there:
        pool(joblib.delayed(mlm.parse_formula)(BAD) for _ in range(4))
    assert str(there.value) == str(here.value)
    assert (there.value.formula, there.value.span) == (BAD, here.value.span)


@pytest.mark.slow
def test_a_pool_lives_on_after_an_error():
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        failed = pool.submit(mlm.parse_formula, BAD).exception()
        assert isinstance(failed, mlm.FormulaError)
        assert failed.formula == BAD
        assert pool.submit(mlm.parse_formula, "y ~ x").result().response == "y"


@pytest.mark.slow
def test_a_fit_comes_out_of_a_pool():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 2.0]})
    pool = joblib.Parallel(n_jobs=2, backend="loky")
    fits = pool(joblib.delayed(mlm.lm)("y ~ x", data * k) for k in (1, 2))
    assert [fit.fixef["x"] for fit in fits] == pytest.approx([1.5, 1.5])


def test_warnings_that_are_errors_travel_too():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 2.0, 3.0]})
    data["twice"] = 2 * data["x"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(mlm.RankDeficiencyWarning) as caught:
            mlm.lm("y ~ x + twice", data)
    assert str(pickled(caught.value)) == str(caught.value)


# ---- In a notebook. ----


@pytest.fixture(scope="module")
def shell():
    """IPython, as a notebook's kernel runs it."""
    shell = InteractiveShell()
    shell.run_cell("import mlm\ndata = mlm.load_sleepstudy()")
    yield shell
    shell.history_manager.end_session()


FAILING = {
    'x = 1\nmlm.lmer("Reaction ~ Days + (1 | Subject", data)': ("Close the", 2),
    'mlm.lmer("Reaction ~ days + (1 | Subject)", data)': ("no column 'days'", 1),
    'mlm.lm("Reaction ~ Days", data).confint(level=3)': ("between 0 and 1", 1),
    'mlm.lm("Reaction ~ Days", data).VarCorr': ("no 'VarCorr'", 1),
    'mlm.lm("Reaction ~ Days", data, REML=False)': ("REML", 1),
    'def own(group):\n    return mlm.lm("y ~ Days", group)\n\n'
    'data.groupby("Subject")[["Days"]].apply(own)': ("no column 'y'", 2),
}


@pytest.mark.parametrize("code", FAILING)
def test_an_error_fills_ten_lines_and_shows_the_readers_own(code, shell):
    words, number = FAILING[code]
    with capture_output() as captured:
        shell.run_cell(code)
    text = captured.stdout.rstrip()
    own = code.split("\n")[number - 1].strip()
    assert words in text
    assert len(text.splitlines()) <= 10
    assert text.endswith(f"\nLine {number} of this cell: {own}")
    assert re.match(r"[A-Z]\w+Error: ", text)
    assert ".py" not in text, "no frame of mlm"


def test_an_error_in_a_script_names_the_script(shell, tmp_path):
    script = tmp_path / "analysis.py"
    script.write_text("import mlm\n\nmlm.lm('y', 3)\n", "utf-8")
    with capture_output() as captured:
        shell.run_line_magic("run", str(script))
    assert "\nLine 3 of analysis.py: mlm.lm('y', 3)" in captured.stdout


def test_an_error_that_mlm_alone_has_seen_has_no_line():
    try:
        mlm.lm("Reaction ~ (", None)
    except mlm.FormulaError as error:
        inside = error.with_traceback(error.__traceback__.tb_next)
    lines = inside._render_traceback_()
    assert lines[0].startswith("FormulaError: ")
    assert not any(line.startswith("Line ") for line in lines)
