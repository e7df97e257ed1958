"""Measure what fits and simulations cost as they grow, into limits.csv.

    make limits
    python benchmarks/limits.py [items ratings]

The experiments: rows, groups, nested, slopes, crossed sparse, crossed dense, students;
items and ratings, each with the dense solver and the iterative one; simulation.

The page pages/outgrow.ipynb reads the file.  With names of experiments, only their
lines are measured anew.  Every number comes from a process of its own, on one BLAS
thread; what others do on the machine shows in the clock's seconds first, so read the
processor's, and exponents rather than seconds.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import limit_once
import pandas as pd

HERE = Path(__file__).parent
RESULTS = HERE / "limits.csv"
COLUMNS = [
    "experiment",
    "program",
    "workers",
    "size",
    "rows",  # of the data
    "left",  # random effects in the dense matrix
    "evaluations",
    "seconds",  # of a whole fit, or simulation
    "cpu",  # the same, of the processor
    "reading",  # CPU seconds from data frame to cross-products
    "trial",  # CPU seconds of criterion, gradient and curvature at one theta
    "megabytes",  # beyond the data
]
# What grows in each experiment: rows, groups, schools, effects a group, levels.
SIZES = {
    "rows": [10**4, 30_000, 10**5, 300_000, 10**6, 3_000_000, 10**7],
    "groups": [10**3, 3000, 10**4, 30_000, 10**5, 300_000, 10**6],
    "nested": [300, 1000, 3000, 10**4, 30_000, 10**5],
    "slopes": [1, 2, 3, 4, 5, 6],
    "crossed sparse": [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_000],
    "crossed dense": [50, 100, 200, 400, 800, 1600],
    "students": [10_000, 20_000, 50_000, 100_000],
    "items dense": [500, 1000, 2000, 3500, 5000],
    "items iterative": [500, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
    "ratings dense": [10**5, 300_000, 10**6, 3_000_000],  # the next takes 9 GB
    "ratings iterative": [10**5, 300_000, 10**6, 3_000_000, 10**7],
    "simulation": [1000, 10_000, 100_000],
}
IN_PARALLEL = 100_000  # replicates on one worker and on two
WITH_LME4 = 500
# The other package that works as the solver does, and sizes that it is waited for.
BESIDE = {"items dense": "lme4", "items iterative": "gpboost"}
SIZES_BESIDE = [500, 2000, 5000]
LIMIT = 1200  # seconds that one measurement is waited for


def answer(*command, limit=LIMIT):
    """Run a command that prints JSON on one BLAS thread: dict, empty if it fails."""
    names = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"
    environment = os.environ | dict.fromkeys(names, "1")
    try:
        done = subprocess.run(
            list(map(str, command)),
            stdout=subprocess.PIPE,
            text=True,
            timeout=limit,
            env=environment,
            check=True,
        )
    except subprocess.SubprocessError as error:
        print(f"no answer: {error}", flush=True)
        return {}
    return json.loads(done.stdout.splitlines()[-1])


def with_python(program, experiment, size, workers=1):
    """One line of the table, or none."""
    script = HERE / "limit_once.py"
    found = answer(sys.executable, script, experiment, size, workers, program)
    return line(found, experiment, program, size, workers)


def with_lme4(experiment, size):
    """The same of lme4, where R is."""
    if shutil.which("Rscript") is None:
        print("no Rscript here: lme4 is not measured", flush=True)
        return []
    with tempfile.TemporaryDirectory() as folder:
        kind, what = experiment.split()[0], size
        if experiment in BESIDE:
            what = Path(folder, "data.csv")
            limit_once.items(size, solver="dense").data.to_csv(what, index=False)
        found = answer("Rscript", HERE / "limits.R", kind, what)
    return line(found, experiment, "lme4", size, 1)


def line(found, experiment, program, size, workers):
    """What was found as a list of one line of the table, or of none."""
    if not found:
        return []
    place = {"experiment": experiment, "program": program}
    place |= {"workers": workers, "size": size}
    print(*place.values(), {k: float(f"{v:.3g}") for k, v in found.items()}, flush=True)
    return [place | found]


def run(experiment):
    """Measure all sizes of an experiment: list of lines."""
    lines = []
    for size in SIZES[experiment]:
        lines += with_python("mlm", experiment, size)
    if experiment == "simulation":
        lines += with_python("mlm", experiment, IN_PARALLEL, workers=2)
        lines += with_lme4(experiment, WITH_LME4)
    for size in SIZES_BESIDE if experiment in BESIDE else []:
        if BESIDE[experiment] == "lme4":
            lines += with_lme4(experiment, size)
        else:
            lines += with_python(BESIDE[experiment], experiment, size)
    return lines


def chosen(names):
    """Experiments whose name begins with one of some names; all without names.

    Raises
    ------
    SystemExit
        A name that belongs to no experiment.
    """
    for name in names:
        if not any(known.startswith(name) for known in SIZES):
            sys.exit(f"no experiment {name!r}; there are {', '.join(SIZES)}.")
    return [known for known in SIZES if not names or known.startswith(tuple(names))]


def main(names):
    """Measure some experiments, each written as soon as it is done."""
    begin = time.monotonic()
    for experiment in chosen(names):
        lines = pd.DataFrame(run(experiment), columns=COLUMNS)
        if RESULTS.exists():
            before = pd.read_csv(RESULTS)
            lines = pd.concat([before[before["experiment"] != experiment], lines])
        order = lines["experiment"].map(list(SIZES).index)
        lines = lines.iloc[order.argsort(kind="stable")]
        whole = ["rows", "left", "evaluations"]
        lines[whole] = lines[whole].astype("Int64")
        lines.to_csv(RESULTS, index=False, float_format="%.4g")
    print(f"{time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
