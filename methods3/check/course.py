"""All questions of the course, each with the ways to its answer."""

from dataclasses import replace

from methods3.check.lectures import LISTED
from methods3.check.ways import WAYS

QUESTIONS = {
    name: replace(question, **WAYS.get(name, {})) for name, question in LISTED.items()
}
