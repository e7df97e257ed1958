"""Fits that questions are about, by what they are: where else a number may stand."""

from functools import partial

from methods3.check.fits import (
    GROUND,
    HOUSES,
    PARALLEL,
    PLATES,
    dyestuff_fit,
    everybody,
    fitted,
    insteval,
    line,
    person,
    speech_line,
    spoken,
)
from methods3.check.lectures.assignment_1_lines import CROSSED, TIME
from methods3.check.lectures.claims import claims
from methods3.check.lectures.coefficients import changed
from methods3.check.lectures.counts import loom
from methods3.check.lectures.forecasts import with_guests
from methods3.check.lectures.many_subjects import people
from methods3.check.lectures.probabilities import gears
from methods3.check.lectures.ratings import without_people
from methods3.check.lectures.separated import MIXED_UP, eight
from methods3.check.lectures.sick_cattle import herds
from methods3.check.lectures.tasks import PRODUCT, RATING, SUM, TASK, clear
from methods3.check.lectures.why_multilevel import NIGHTS, SPEED
from methods3.check.ways.levels import rated
from methods3.days2 import days2_data
from mlm.datasets import load_cake, load_penicillin, load_radon
from mlm.fit import lm

ALL = {"the line for all": everybody}
SLEEP = {
    "the model with slopes": fitted,
    "the model with slopes, by ML": partial(fitted, reml=False),
    "the model with one slope": partial(fitted, PARALLEL),
}
LATE = {"the model of days 2 to 9": partial(fitted, where="Days >= 2")}
DYESTUFF = {
    "the model of the batches": dyestuff_fit,
    "the model of the batches, by ML": partial(dyestuff_fit, reml=False),
}
RADON = {
    "the model of radon by floor and uranium": partial(fitted, GROUND, load_radon),
    "the model of radon by county": partial(fitted, HOUSES, load_radon),
}
PENICILLIN = {
    f"the model of plates and samples{by}": partial(
        fitted, PLATES, load_penicillin, reml=reml
    )
    for by, reml in (("", True), (", by ML", False))
}
SPEECH = {
    "the line of durations by pitch": partial(speech_line, "total_duration ~ f0mn"),
    "the model with scenarios": partial(spoken, TIME),
    "the model with scenarios and subjects": partial(spoken, CROSSED),
    "the model with attitude": partial(spoken, f"{CROSSED} + attitude"),
}
CAKES = {
    "the line of angles by recipe": lambda: lm("angle ~ recipe", load_cake()),
}
RATED = {
    "the line by semesters": rated,
    "the line by codes": partial(rated, codes=True),
    "the model with a mean for each time": lambda: lm("y ~ C(studage)", insteval()),
}
WELLS = {
    "the model of distance": partial(changed, "switch ~ distance"),
    "the model with a product": partial(changed, "switch ~ dist100 * arsenic"),
}
RECOGNISED = {
    f"the model of experiment {name}": partial(people, name) for name in ("1a", "1b")
}
SEEN = {
    "the model of the task": partial(clear, TASK),
    "the model of task and rating": partial(clear, SUM),
    "the model of the rating": partial(clear, RATING),
    "the model with a product": partial(clear, PRODUCT),
}
NAMES = ALL | {"the model with ten means": partial(everybody, "Reaction ~ C(Days)")}


def own(*people):
    """Return the lines of some people, by whose they are."""
    return {f"the line of subject {who}": partial(line, who) for who in people}


ABOUT = {
    "1.1e": own("308", "309", "310") | ALL,
    "1.2d": own("308"),
    "1.2f": ALL | {"the line through zero": partial(everybody, "Reaction ~ Days - 1")},
    "1.3d": RATED,
    "1.4a": own("335", "308", "309") | ALL,
    "1.4b": CAKES,
    "1.4c": own("310", "308", "309") | ALL,
    "1.4d": {
        "the line without day 7": lambda: lm(
            "Reaction ~ Days", person("308").query("Days != 7")
        )
    }
    | own("308")
    | ALL,
    "1.4e": NAMES,
    "1.4f": ALL,
    "1.4g": own("308") | ALL,
    "1.5b": own("309", "308"),
    "1.5c": own("309", "308")
    | {"the model without a slope": lambda: lm("Reaction ~ 1", person("309"))},
    "1.5d": own("308"),
    "1.5e": own("308"),
    "1.5f": own("308"),
    "1.5g": own("308"),
    "2.1a": {"the model of speed": partial(fitted, SPEED)} | SLEEP,
    "2.1d": {"the model of nights": partial(fitted, NIGHTS, where="Days >= 2")} | SLEEP,
    "2.2b": SLEEP | LATE,
    "2.2c": SLEEP,
    "2.2d": {"the model with the guests": with_guests} | SLEEP,
    "2.2e": {"the model of days 0 to 8": partial(fitted, where="Days < 9")} | SLEEP,
    "2.4a": DYESTUFF,
    "2.4b": SLEEP,
    "2.4c": SLEEP,
    "2.4d": SLEEP,
    "2.4e": SLEEP,
    "2.5a": SLEEP,
    "2.5b": SLEEP,
    "2.5c": SLEEP,
    "2.5e": SLEEP,
    "2.5f": SLEEP | LATE,
    "2.6f": {
        "the line with both predictors": lambda: lm(
            "Reaction ~ Days + Days2", days2_data(seed=1)
        )
    },
    "2.7a": own("335", "308", "309"),
    "2.7b": RADON,
    "2.7d": RADON,
    "2.7e": SLEEP | ALL,
    "2.7f": RADON,
    "2.8b": RADON,
    "2.8c": SLEEP | own("309"),
    "2.8d": SLEEP,
    "2.8e": DYESTUFF,
    "2.9a": SLEEP,
    "2.9b": DYESTUFF,
    "2.9c": DYESTUFF,
    "2.9d": PENICILLIN,
    "2.9f": DYESTUFF,
    "2.10b": SLEEP,
    "2.10d": RADON,
    "2.11e": {
        "the model of the print-out": partial(fitted, "Reaction ~ 1 + (1 | Subject)")
    },
    "2.11f": DYESTUFF,
    "3.3c": WELLS,
    "3.3d": WELLS,
    "3.3e": {"the model of clearness": partial(without_people, "pas")},
    "3.3f": {"the model of gearboxes": gears},
    "3.4b": {"the model of the loom": loom},
    "3.4d": {"the model of the claims": claims},
    "3.5a": RECOGNISED,
    "3.5b": RECOGNISED,
    "3.5c": {"the model of the task": partial(clear, TASK)},
    "3.7d": {"the model of the eight people": partial(eight, *MIXED_UP)},
    "3.8d": {"the model of the rating": partial(clear, RATING)},
    "3.8e": {
        "the model of the herds": herds,
        "the model of herds and rows": partial(herds, True),
    },
    "A1.2a": SPEECH,
    "A1.2c": SPEECH,
    "A1.2g": SPEECH,
    "A2.2b": SEEN,
    "A2.2c": SEEN,
    "A2.2d": SEEN,
}
