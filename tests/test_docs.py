"""Docstrings of all that lectures may call: sections, and an example that runs."""

import inspect

import pytest

import mlm
from mlm import (
    agreement,
    check,
    collinearity,
    days2,
    dictionary,
    doctor,
    estimation,
    explore,
    newton,
    planning,
    plots,
    pooling,
    proportions,
    rstream,
)

PACKAGES = (mlm, plots, explore, doctor, check)
MODULES = (
    agreement,
    collinearity,
    days2,
    dictionary,
    estimation,
    newton,
    planning,
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


@pytest.mark.parametrize(
    "function", list(filter(inspect.isfunction, PUBLIC)), ids=lambda f: f.__name__
)
def test_function_says_what_it_takes_and_gives(function):
    words = inspect.getdoc(function)
    assert ">>>" in words, "an example; `make test` runs it"
    assert "Returns\n---" in words or "Yields\n---" in words
    for name in inspect.signature(function).parameters:
        assert name in words, f"{name} is described"


@pytest.mark.parametrize(
    "thing", list(filter(inspect.isclass, PUBLIC)), ids=lambda c: c.__name__
)
def test_class_says_what_it_is(thing):
    assert inspect.getdoc(thing)
