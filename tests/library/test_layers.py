"""Imports go one way: between the two packages, between rooms, and between modules."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter

import pytest
from conftest import ROOT

# Rooms of `mlm`, from the ground up; a room imports from those before it.
FLOORS = [
    {"ground"},
    {"engine", "families", "formula", "datasets"},
    {"design"},
    {"textbook", "replicates", "inference", "files"},
    {"results"},
    {"fit"},
    {"studies", "demonstrations"},
    {"plots", "interop"},
]
FLOOR = {name: i for i, names in enumerate(FLOORS) for name in names}
MODULES = sorted([*(ROOT / "mlm").rglob("*.py"), *(ROOT / "methods3").rglob("*.py")])


def name_of(path):
    """Name by which a module is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


NAMES = {name_of(path): path for path in MODULES}


def imports(source):
    """Modules of ours that a source imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield "a relative import"
        elif isinstance(node, ast.ImportFrom):
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in NAMES else node.module for name in inner)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@cache  # three tests ask
def ours(source):
    """Of these, those below `mlm` and `methods3`, the relative ones too."""
    tops = ("mlm", "methods3", "a relative import")
    return {name for name in imports(source) if name.split(".")[0] in tops}


def room(name):
    """Room of a module of `mlm`: ``mlm.engine.search`` is in ``engine``."""
    return name.split(".")[1] if "." in name else ""


def misplaced(own, source):
    """Imports of a module that are not from its room, or from one below it."""
    package = own.split(".")[0]
    if package == "methods3":
        return sorted(name for name in ours(source) if name == "a relative import")
    return sorted(
        name
        for name in ours(source)
        if not name.startswith("mlm.")
        or (FLOOR[room(name)] >= FLOOR[room(own)] and room(name) != room(own))
    )


def test_modules_import_only_from_below():
    """But for the public face, which may import everything."""
    inner = {name: path for name, path in NAMES.items() if name != "mlm"}
    found = {
        name: misplaced(name, path.read_text("utf-8")) for name, path in inner.items()
    }
    assert {name: above for name, above in found.items() if above} == {}


def test_the_test_sees_an_import_from_above():
    assert misplaced("mlm.formula.parse", "from mlm.fit import lmer") == ["mlm.fit"]
    nested = "def f():\n    from mlm.results import fitted"
    assert misplaced("mlm.textbook", nested) == ["mlm.results.fitted"]
    assert misplaced("mlm.engine.start", "import methods3.check") == ["methods3.check"]
    assert misplaced("mlm.fit", "from mlm import lmer") == ["mlm"]
    relative = "from .errors import DataError"
    assert misplaced("methods3.check", relative) == ["a relative import"]


def test_no_modules_import_each_other_in_a_circle():
    known = {name: ours(path.read_text("utf-8")) for name, path in NAMES.items()}
    order = list(TopologicalSorter(known).static_order())
    assert len(order) >= len(NAMES)


def test_every_room_has_a_floor():
    assert {room(name) for name in NAMES if name.startswith("mlm.")} == set(FLOOR)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["mlm", "methods3"])
def test_import_is_light(module):
    """Importing a package alone loads neither pyplot nor ipywidgets."""
    heavy = "{'matplotlib', 'ipywidgets', 'statsmodels', 'IPython'}"
    code = f"import sys, {module}; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


def test_names_for_readers_are_the_public_ones():
    import mlm

    assert set(dir(mlm)) == {*mlm.__all__, "__version__"}
    assert all(hasattr(mlm, name) for name in mlm.__all__)
