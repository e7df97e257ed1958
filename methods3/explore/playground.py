"""The playground: fit mixed models in a page, with nothing to install."""

from methods3.explore.dragging import draw_group
from methods3.live.figure import Live
from mlm.datasets import load_radon, load_sleepstudy
from mlm.fit import lmer

# The columns that the page is told, where the model starts, and how Python and R load
# the data; R has those of lme4, others are saved by the page.
SETS = {
    "sleepstudy": {
        "label": "sleepstudy",
        "start": {"y": "Reaction", "x": "Days", "group": "Subject", "shown": "308"},
        "load": {"python": "mlm.load_sleepstudy()", "r": "sleepstudy"},
    },
    "radon": {
        "label": "radon in Minnesota",
        "start": {
            "y": "log_radon",
            "x": "floor",
            "group": "county",
            "shown": "HENNEPIN",
        },
        "load": {"python": "mlm.load_radon()", "r": 'read.csv("playground.csv")'},
    },
}
# Digits of the response that are told: more than are printed of a fit.
DIGITS = 10


def playground():
    """Choose data and a model, drag points, and see all that a fit is made of.

    Returns
    -------
    Live

    Examples
    --------
    >>> playground().alt[:43]
    'The points of 308 with three lines: its own'
    """
    data = {"sleepstudy": load_sleepstudy(), "radon": load_radon()}
    sets = {name: about | _table(data[name]) for name, about in SETS.items()}
    fit = lmer("Reaction ~ Days + (Days | Subject)", data["sleepstudy"])
    draw, alt = draw_group(fit, data["sleepstudy"], "308", "ms")
    return Live(
        "playground",
        "playground",
        "Playground for mixed models",
        {"sets": sets},
        draw,
        alt,
        (8.0, 3.8),
    )


def _table(data):
    """Columns of a table as the script reads them."""
    columns = {}
    for name, column in data.items():
        numeric = column.dtype.kind in "if"
        values = column.astype(float).round(DIGITS) if numeric else column.astype(str)
        columns[name] = {"numeric": numeric, "values": values.tolist()}
    return {"names": list(columns), "columns": columns}
