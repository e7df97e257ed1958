"""Imports go one way: a module of mlm imports only from lower layers."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

LAYERS = [
    {"agreement", "errors", "steps", "printing", "factors", "commands", "installed"},
    {"arguments", "file_lock", "readonly"},
    {"checkpoint", "columns", "rows"},
    {"replicates"},
    {"newton", "rstream", "proportions", "dictionary"},
    {"dialects", "quoting", "transforms"},
    {"coding", "literals"},
    {"expressions"},
    {"terms"},
    {"bars", "computing", "datasets"},
    {"formula"},
    {"frame"},
    {"grouping"},
    {"random_terms"},
    {"design"},
    {"by_rows", "covariance", "coupling", "stages"},
    {"simulation", "planning"},
    {"refitting"},
    {"bootstrapping"},
    {"pls", "products", "varcorr", "intervals"},
    {"elimination", "moments"},
    {"profiled"},
    {"solution", "display"},
    {"information"},
    {"descent", "summary", "predict", "influence", "satterthwaite"},
    {"optimise", "quasi_newton"},
    {"batch", "held", "follow"},
    {"batch_search", "profile"},
    {"refits"},
    {"model"},
    {"fit", "inference"},
    {"simulated_power", "pooling", "collinearity", "days2", "estimation", "doctor"},
    {"plots", "check"},
    {"explore", "grade"},
]
LAYER = {name: i for i, names in enumerate(LAYERS) for name in names}
MODULES = sorted((ROOT / "mlm").rglob("*.py"))


def name_of(path):
    """First name below mlm: ``plots/style.py`` belongs to ``plots``."""
    return path.relative_to(ROOT / "mlm").parts[0].removesuffix(".py")


def imports(source):
    """Names below mlm that a source imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield "a relative import"
        elif isinstance(node, ast.ImportFrom) and node.module == "mlm":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("mlm."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "mlm":
                    yield alias.name.removeprefix("mlm").lstrip(".") or "mlm"


def misplaced(own, source):
    """Imports of `source` that do not come from below the layer of `own`."""
    return [
        name
        for name in imports(source)
        if name not in LAYER or (LAYER[name] >= LAYER[own] and name != own)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_imports_only_from_below(path):
    if name_of(path) == "__init__":
        return  # the public face may import everything
    assert misplaced(name_of(path), path.read_text("utf-8")) == []


def test_the_test_sees_an_import_from_above():
    assert misplaced("formula", "from mlm.fit import lmer") == ["fit"]
    assert misplaced("pls", "def f():\n    from mlm import model") == ["model"]
    assert misplaced("pls", "from .errors import DataError") == ["a relative import"]


def test_every_module_has_a_layer():
    assert {name_of(path) for path in MODULES} - {"__init__"} == set(LAYER)


def test_import_is_light():
    """`import mlm` alone loads neither pyplot nor ipywidgets."""
    code = "import sys, mlm; print({'matplotlib', 'ipywidgets'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
