"""Time mlm beside lme4 in one run, from data frame and formula to finished fit.

    make bench

Each case is fitted in turn by mlm and, if Rscript and lme4 are there, by lme4, on one
BLAS thread.  Times on a shared machine drift, so read the ratios; the objective each
reached stands beside them.  Writes benchmarks/RESULTS.md.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is imported

import numpy as np
import pandas as pd

import mlm

HERE = Path(__file__).parent
REFERENCE = HERE.parent / "tests" / "reference" / "lme4.json"


def cases():
    """Name, formula, data, repeats for mlm, repeats for lme4."""
    known = json.loads(REFERENCE.read_text("utf-8"))["data_sets"]
    sleepstudy = mlm.load_sleepstudy()
    yield "sleepstudy, slopes", "Reaction ~ Days + (Days | Subject)", sleepstudy, 30, 10
    yield (
        "sleepstudy, intercepts",
        "Reaction ~ Days + (1 | Subject)",
        sleepstudy,
        30,
        10,
    )
    crossed = pd.DataFrame(known["Penicillin"])
    formula = "diameter ~ 1 + (1 | plate) + (1 | sample)"
    yield "Penicillin, crossed", formula, crossed, 30, 10
    yield (
        "Dyestuff2, singular",
        "Yield ~ 1 + (1 | Batch)",
        pd.DataFrame(known["Dyestuff2"]),
        30,
        10,
    )
    for n, J, repeats in (
        (10**4, 10**3, (10, 3)),
        (10**5, 10**4, (5, 1)),
        (10**6, 10**5, (3, 1)),
    ):
        name = f"slopes, n = {n:.0e}, {J} groups"
        yield name, "y ~ x + (x | g)", simulated(n, J), *repeats


def simulated(n, J):
    """One grouping factor with random intercepts and slopes."""
    rng = np.random.default_rng(20260101)
    g, x = rng.integers(0, J, n), rng.normal(size=n)
    b = rng.normal(size=(J, 2)) * [1.0, 0.5]
    y = 1 + x + b[g, 0] + b[g, 1] * x + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "g": g})


def time_mlm(formula, data, repeats):
    """Median seconds of a fit, and its criterion."""
    seconds = []
    for _ in range(repeats + 1):  # the first warms up
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", mlm.SingularFitWarning)
            fit = mlm.lmer(formula, data)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:]), fit.criterion


def time_lme4(formula, data, repeats):
    """Median seconds and criterion by Rscript, or None without it."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "data.csv")
        data.to_csv(file, index=False)
        command = ["Rscript", HERE / "lme4.R", file, formula, str(repeats)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return None
    *seconds, last = done.stdout.split("\n")[:-1]
    _, criterion, _, version = last.split()
    return statistics.median(map(float, seconds)), float(criterion), version


def main():
    """Run every case and write the table."""
    rows, version = [], None
    for name, formula, data, ours, theirs in cases():
        seconds, criterion = time_mlm(formula, data, ours)
        peer = time_lme4(formula, data, theirs)
        row = [name, f"{1000 * seconds:.1f}", "", "", f"{criterion:.6f}", ""]
        if peer is not None:
            version = peer[2]
            row[2:4] = f"{1000 * peer[0]:.1f}", f"{peer[0] / seconds:.1f}"
            row[5] = f"{peer[1] - criterion:+.1e}"
        rows.append(row)
        print(*row, sep=" | ")
    header = [
        "case",
        "mlm (ms)",
        "lme4 (ms)",
        "ratio",
        "REML criterion",
        "lme4's, above",
    ]
    lines = [header, ["---", "--:", "--:", "--:", "--:", "--:"], *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    versions = f"Python {platform.python_version()}, numpy {np.__version__}"
    versions += f", pandas {pd.__version__}, mlm {mlm.__version__}, lme4 {version}"
    text = f"""# mlm beside lme4

Medians of one run of `make bench`, from data frame and formula to finished fit, on one
BLAS thread ({versions}).
The last column says how far above mlm's optimum lme4's default search stopped.

{table}
"""
    HERE.joinpath("RESULTS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
