"""Is my answer right?  If not: what is wrong, in words."""

from importlib import import_module
from pkgutil import iter_modules

from mlm.check.questions import diagnosis

__all__ = ["QUESTIONS", "check", "progress"]

QUESTIONS = {}
for _module in iter_modules(__path__, "mlm.check."):
    if _module.name.startswith("mlm.check.week"):
        QUESTIONS |= import_module(_module.name).QUESTIONS

_tried = {}


class Result:
    """What is said to an answer."""

    def __init__(self, name, message):
        self.name, self.right = name, not message
        self.message = message or "Right."

    def __repr__(self):
        return f"{self.name}: {self.message}"


def check(name, answer):
    """Say whether an answer is right, and if not what is wrong."""
    result = Result(name, diagnosis(QUESTIONS[name], answer))
    _tried.setdefault(name, []).append(result.right)
    return result


def progress(lecture):
    """Show the questions of a lecture, and how far you are: ``progress("2.3")``."""
    names = [name for name in QUESTIONS if name.rstrip("abcdefghijkl") == lecture]
    return "\n".join(f"{name}: {_tried.get(name, 'not tried')}" for name in names)
