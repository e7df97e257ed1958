"""Docstrings of all that lectures may call: sections, and an example that runs."""

import inspect
import pkgutil
import re
from importlib import import_module

import pytest
from conftest import ROOT
from matplotlib import pyplot as plt

import mlm
from methods3 import agreement, check, days2, dictionary, doctor, explore, rstream
from methods3.dictionary import answers
from methods3.dictionary import names as dictionary_names
from mlm import engine, links, plots
from mlm.demonstrations import collinearity, estimation, held_out, newton, pooling
from mlm.ground import linalg
from mlm.replicates import proportions
from mlm.studies import plan

PACKAGES = (mlm, plots, explore, doctor, check)
MODULES = (
    agreement,
    answers,
    collinearity,
    days2,
    dictionary,
    dictionary_names,
    estimation,
    held_out,
    links,
    newton,
    plan,
    pooling,
    proportions,
    rstream,
)
PUBLIC = [getattr(package, name) for package in PACKAGES for name in package.__all__]
PUBLIC += [
    value
    for module in MODULES
    for name, value in vars(module).items()
    if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
]


FUNCTIONS = list(filter(inspect.isfunction, PUBLIC))
CLASSES = list(filter(inspect.isclass, PUBLIC))
METHODS = sorted(
    {
        method
        for thing in CLASSES
        for name, method in inspect.getmembers(thing, inspect.isfunction)
        if not name.startswith("_")
        and method.__module__.split(".")[0] in ("mlm", "methods3")
    },
    key=lambda method: method.__qualname__,
)
HEADING = re.compile(r"^([A-Z][\w ]*)\n-{3,}$", re.MULTILINE)
NAMED = re.compile(r"^([\w*][\w*, ]*?)(?: : .*)?$", re.MULTILINE)


def sections(words):
    """Texts of a numpydoc docstring, by their headings."""
    parts = HEADING.split(words)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def named(section):
    """What a section describes: the names that begin its lines."""
    return {
        name.strip(" *")
        for names in NAMED.findall(section)
        for name in names.split(",")
    }


def taken(function):
    """Names of a function's arguments."""
    return {*inspect.signature(function).parameters} - {"self"}


def describes_arguments(function):
    """Whether each argument, and nothing else, is under its heading."""
    said = sections(inspect.getdoc(function))
    described = named(said.get("Parameters", "")) | named(
        said.get("Other Parameters", "")
    )
    return described == taken(function)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_function_says_what_it_takes_and_gives(function):
    words = inspect.getdoc(function)
    assert ">>>" in words, "an example; `make check` runs it"
    assert {"Returns", "Yields"} & sections(words).keys()
    assert describes_arguments(function)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.__qualname__)
def test_method_says_what_it_takes(method):
    assert inspect.getdoc(method)
    assert not taken(method) or describes_arguments(method)


@pytest.mark.parametrize(
    "function",
    [
        f
        for f in [*FUNCTIONS, *METHODS]
        if re.search(r"\braise [A-Z]", inspect.getsource(f))
    ],
    ids=lambda f: f.__qualname__,
)
def test_function_that_raises_says_so(function):
    assert "Raises" in sections(inspect.getdoc(function))


@pytest.mark.parametrize("thing", CLASSES, ids=lambda c: c.__name__)
def test_class_says_what_it_is(thing):
    assert inspect.getdoc(thing)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Parameters\n----------\nn : int\n    With x.", {"n"}),
        (
            "Parameters\n----------\nx, y : float\n*more\n    Others.",
            {"x", "y", "more"},
        ),
        ("Of x.\n\nReturns\n-------\nx : float", set()),
    ],
)
def test_names_in_a_text_are_no_descriptions(words, names):
    assert named(sections(words).get("Parameters", "")) == names


# The engine is read by those who write on it: functions of all modules, and methods.
ROOM = [
    linalg,
    *(
        import_module(m.name)
        for m in pkgutil.walk_packages(engine.__path__, "mlm.engine.")
    ),
]


def defined(thing):
    """Functions, classes and methods that a module or class defines, private too."""
    module = thing.__name__ if inspect.ismodule(thing) else thing.__module__
    for value in vars(thing).values():
        value = getattr(value, "__func__", getattr(value, "fget", value))
        value = getattr(value, "func", value)  # of a cached property
        ours = getattr(value, "__module__", "") == module
        if ours and (inspect.isfunction(value) or inspect.isclass(value)):
            yield value
            if inspect.isclass(value):
                yield from defined(value)


def is_public(function):
    """Whether no part of a function's name is private; calling is public."""
    names = function.__qualname__.removesuffix(".__call__").split(".")
    return not any(name.startswith("_") for name in names)


ALL_OF_ROOM = [thing for module in ROOM for thing in defined(module)]
OF_ROOM = [
    thing
    for thing in ALL_OF_ROOM
    if inspect.isfunction(thing)
    and is_public(thing)
    and taken(thing) - {"cls", "which", "point"}
]


def returns(function):
    """Whether a function returns or yields anything: its source says so."""
    return re.search(r"^\s+(return|yield)\b", inspect.getsource(function), re.MULTILINE)


def flaws(function):
    """Faults in what a function's docstring says of arguments and results."""
    said = sections(inspect.getdoc(function) or "")
    described = named(said.get("Parameters", ""))
    if described != taken(function) - {"cls"}:
        yield "arguments"
    if bool(returns(function)) != bool({"Returns", "Yields"} & said.keys()):
        yield "results"
    if re.search(r"\braise [A-Z]", inspect.getsource(function)) and (
        "Raises" not in said
    ):
        yield "errors"


def test_the_room_is_seen():
    names = {function.__qualname__ for function in OF_ROOM}
    assert {
        "factorise",
        "Sums.A",
        "Minima.joined",
        "ProfiledCriterion.__call__",
    } <= names
    assert "Point.take" not in names


@pytest.mark.parametrize(
    "function", OF_ROOM, ids=lambda f: f"{f.__module__}.{f.__qualname__}"
)
def test_engine_says_what_it_takes_and_gives(function):
    assert not list(flaws(function))


def test_flaws_are_seen():
    def bare(x):
        """Twice x."""
        return 2 * x

    def wrong(x):
        """Refuse x.

        Parameters
        ----------
        y : float
        """
        raise ValueError(x)

    assert list(flaws(bare)) == ["arguments", "results"]
    assert list(flaws(wrong)) == ["arguments", "errors"]


@pytest.mark.parametrize("module", ROOM, ids=lambda m: m.__name__)
def test_first_line_is_a_sentence_with_a_noun(module):
    for thing in [module, *defined(module)]:
        if thing.__doc__:
            first, *rest = thing.__doc__.splitlines()
            assert first.rstrip().endswith("."), thing
            assert not re.match("(Give|What)", first), thing
            assert not rest or not rest[0], thing


@pytest.mark.slow
def test_code_of_the_readme_runs():
    text = (ROOT / "mlm/README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(code, {})
    plt.close("all")
