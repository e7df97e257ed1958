"""Data sets of the course, and where each of them comes from.

The files are inside the package, exported by script and checked against their
SHA-256 on load; nothing here touches the network.
"""

from mlm.datasets.binary import (
    load_cbpp,
    load_contraception,
    load_mtcars,
    load_simulated_pas,
    load_simulated_recognition,
    load_simulated_staircase,
    load_titanic,
    load_toenail,
    load_wells,
)
from mlm.datasets.continuous import (
    load_cake,
    load_dyestuff,
    load_dyestuff2,
    load_insteval,
    load_minnesota,
    load_pastes,
    load_penicillin,
    load_radon,
    load_simulated_epochs,
    load_simulated_politeness,
    load_sleepstudy,
)
from mlm.datasets.counts import (
    load_grouseticks,
    load_insurance,
    load_quine,
    load_warpbreaks,
    load_wool,
)
from mlm.datasets.files import provenance

__all__ = [
    "load_cake",
    "load_cbpp",
    "load_contraception",
    "load_dyestuff",
    "load_dyestuff2",
    "load_grouseticks",
    "load_insteval",
    "load_insurance",
    "load_minnesota",
    "load_mtcars",
    "load_pastes",
    "load_penicillin",
    "load_quine",
    "load_radon",
    "load_simulated_epochs",
    "load_simulated_pas",
    "load_simulated_politeness",
    "load_simulated_recognition",
    "load_simulated_staircase",
    "load_sleepstudy",
    "load_titanic",
    "load_toenail",
    "load_warpbreaks",
    "load_wells",
    "load_wool",
    "provenance",
]
