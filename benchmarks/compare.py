"""Time mlm beside lme4 and the Python packages that fit the same models, in one run.

    make bench

Each case is fitted by every package that can express it, from data frame and formula to
finished fit, each in a process of its own, on one BLAS thread and then on two.  Times
on a shared machine drift, so read the ratios.  Every answer is judged by mlm's own
criterion at the theta it gives: how far above the optimum it stopped.  Writes
RESULTS.md and scaling.png beside this file.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from cases import BY_GROUPS, BY_ROWS, CASES
from fit_once import PACKAGES

import mlm

HERE = Path(__file__).parent
LIMIT = 90  # seconds that a package is waited for, start and data included
LATE = 0.01  # a criterion further above the optimum than this is called wrong
EARLY = 1e-4
ONLY_MLM = 5_000_000  # rows from which on nobody else is asked


def run(package, case, threads):
    """Answer of one package: dict with seconds and theta, or what went wrong."""
    environment = os.environ | dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"), str(threads)
    )
    if package == "lme4":
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "data.csv")
            case.data().to_csv(file, index=False)
            command = ["Rscript", HERE / "lme4.R", file, case.formula]
            return answer([*command, str(case.repeats)], environment)
    script = [sys.executable, HERE / "fit_once.py", package, case.name]
    return answer(script, environment)


def answer(command, environment):
    """Run a command that prints JSON; a dict without seconds if it gives none."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, env=environment
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {LIMIT} s"}
    if done.returncode:
        return {"failed": done.stderr.strip().split("\n")[-1][:200]}
    return json.loads(done.stdout.split("\n")[-2])


def milliseconds(found):
    return 1000 * statistics.median(found["seconds"])


def shown(found, ours, criterion, lowest):
    """One cell: time, how many times mlm's, and a mark if the answer is off."""
    if "theta" not in found:
        return "—" if "NotImplemented" in found["failed"] else "failed"
    time = milliseconds(found)
    text = f"{time:.1f}" if time < 100 else f"{time:.0f}"
    if found is not ours:
        ratio = time / milliseconds(ours)
        text += f" ({ratio:.1f}×)" if ratio < 10 else f" ({ratio:.0f}×)"
    above = criterion(found["theta"]) - lowest
    if not above < LATE:
        return f"{text} **wrong**: +{above:.2g}"
    return f"{text} *early*: +{above:.0e}" if above > EARLY else text


def table(threads, packages, versions):
    """Markdown of all cases on so many threads."""
    rows = []
    for case in CASES:
        data = case.data()
        deviance = mlm.profiled_deviance(mlm.design_matrices(case.formula, data))
        alone = len(data) >= ONLY_MLM
        found = {
            p: run(p, case, threads) for p in (packages[:1] if alone else packages)
        }
        ours = found["mlm"]
        lowest = deviance(ours["theta"])
        cells = [
            shown(found[p], ours, deviance, lowest) if p in found else "not asked"
            for p in packages
        ]
        rows.append([case.name, f"{lowest:.6f}", *cells, f"{ours['peak']:.0f}"])
        versions |= {p: f["version"] for p, f in found.items() if "version" in f}
        print(threads, *rows[-1], sep=" | ", flush=True)
    header = ["case", "REML criterion", *packages, "mlm's memory (MB)"]
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(packages):
    """Time against rows and against groups, on one thread."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="tight")
    sizes = [case.data() for case in BY_ROWS + BY_GROUPS]
    rows = [len(data) for data in sizes[: len(BY_ROWS)]]
    groups = [data["g"].nunique() for data in sizes[len(BY_ROWS) :]]
    for package, marker in zip(packages, "os^vDPX", strict=False):
        for ax, cases, xs in ((axes[0], BY_ROWS, rows), (axes[1], BY_GROUPS, groups)):
            found = [run(package, case, 1) for case in cases]
            times = [milliseconds(f) if "seconds" in f else np.nan for f in found]
            ax.loglog(xs, times, marker=marker, label=package)
            print(package, times, flush=True)
    axes[0].set(xlabel="rows (a tenth as many groups)", ylabel="time of a fit (ms)")
    axes[1].set(xlabel="groups (100 000 rows)")
    axes[0].legend(frameon=False, loc="upper left")
    figure.savefig(HERE / "scaling.png", dpi=150)


def main():
    """Run everything and write the results."""
    packages = list(PACKAGES)
    if shutil.which("Rscript"):
        packages.insert(1, "lme4")
    versions = {"numpy": np.__version__, "pandas": pd.__version__}
    quick = [p for p in packages if p in ("mlm", "lme4", "mixedlm", "mixedlm-rs")]
    tables = {1: table(1, packages, versions), 2: table(2, quick, versions)}
    plot(quick)
    known = ", ".join(f"{name} {number}" for name, number in versions.items())
    text = f"""# mlm beside lme4 and other packages

Medians of one run of `make bench`, in milliseconds, from data frame and formula to
finished fit; in parentheses how many times mlm's time that is.  Python
{platform.python_version()}, {known}.

Every answer is judged by one criterion, at the theta the package gives.  *early*: the
search stopped more than {EARLY:g} above the optimum; **wrong**: more than {LATE:g}.
A dash: the package cannot express the model.  *failed*: an error, or not done within
{LIMIT} s.  *not asked*: from {ONLY_MLM:.0e} rows on only mlm is timed.

## One BLAS thread

{tables[1]}

## Two BLAS threads

{tables[2]}

![Time of a fit against rows and against groups](scaling.png)
"""
    HERE.joinpath("RESULTS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
