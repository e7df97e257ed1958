"""Time mlm beside lme4 and other packages that fit the same models, in one run.

    make bench
    python benchmarks/compare.py [linear generalised]

Each case is fitted by every package that can express it, from data frame and formula to
finished fit, each in a process of its own, on one BLAS thread; linear models on two as
well.  Times on a shared machine drift, so read the ratios.  Every answer is judged by
mlm's own criterion at the estimates it gives: how far above the optimum it stopped.
Writes RESULTS.md, generalised.csv and scaling.png beside this file; with names of
parts, only these are measured anew.
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
from cases import BY_GROUPS, BY_ROWS, GENERALISED, LINEAR

import mlm

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
# What the pages read of the generalised models.
TABLE = HERE / "generalised.csv"
LIMIT = 270  # seconds that a package is waited for, start and data included
LATE = 0.01  # a criterion further above the optimum than this is called wrong
EARLY = 1e-4
ONLY_MLM = 5_000_000  # rows from which on nobody else is asked
FROM_R = "lme4", "glmmTMB"
OF_LINEAR = (
    *("mlm", "lme4", "mixedlm", "mixedlm-rs", "lme-python", "interlace-lme"),
    "statsmodels",
)
QUICK = "mlm", "lme4", "mixedlm", "mixedlm-rs"
OF_GENERALISED = (
    *("mlm", "lme4", "glmmTMB", "mixedlm", "gpboost", "lme-python", "interlace-lme"),
)


def here(packages):
    """Those of some packages that can be asked on this machine: list."""
    missing = []
    for package in FROM_R:
        asked = ["Rscript", "-e", f"loadNamespace('{package}')"]
        if (
            shutil.which("Rscript") is None
            or subprocess.run(asked, capture_output=True, check=False).returncode
        ):
            missing.append(package)
    return [package for package in packages if package not in missing]


def run(package, case, threads):
    """Answer of one package: dict with seconds and estimates, or what went wrong."""
    environment = os.environ | dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"), str(threads)
    )
    if package in FROM_R:
        if package == "glmmTMB" and case.nodes > 1:
            return {"failed": "NotImplemented: no quadrature"}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "data.csv")
            case.data().to_csv(file, index=False)
            command = ["Rscript", HERE / "fit_once.R", package, file, case.formula]
            more = case.family or "gaussian", case.trials or "-", case.nodes
            return answer([*command, *map(str, (*more, case.repeats))], environment)
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


def criterion_of(case, data):
    """mlm's criterion at the estimates of an answer: function of a dict."""
    if case.family is None:
        deviance = mlm.profiled_deviance(mlm.design_matrices(case.formula, data))
        return lambda found: deviance(found["theta"])
    given = {"weights": case.trials, "nodes": case.nodes}
    criterion = mlm.glmer(case.formula, data, case.family, **given).criterion_function
    basis = criterion.basis

    def judge(found):
        blocks = basis.whiten(np.array(found["theta"]))
        try:
            return criterion.around(blocks, basis.RX @ found["beta"]).value
        except (mlm.DataError, np.linalg.LinAlgError):
            return np.inf

    return judge


def shown(found, ours, above):
    """One cell: time, how many times mlm's, and a mark if the answer is off."""
    if "theta" not in found:
        return "—" if "NotImplemented" in found["failed"] else "failed"
    time = milliseconds(found)
    text = f"{time:.1f}" if time < 100 else f"{time:.0f}"
    if found is not ours:
        ratio = time / milliseconds(ours)
        text += f" ({ratio:.1f}×)" if ratio < 10 else f" ({ratio:.0f}×)"
    if not above < LATE:
        return f"{text} **wrong**: +{above:.2g}"
    return f"{text} *early*: +{above:.0e}" if above > EARLY else text


def table(cases, packages, threads, criterion):
    """Cases on so many threads: Markdown, what was measured, and versions."""
    rows, lines = [], []
    versions = {"numpy": np.__version__, "pandas": pd.__version__}
    for case in cases:
        data = case.data()
        judge = criterion_of(case, data)
        asked = packages[:1] if len(data) >= ONLY_MLM else packages
        found = {p: run(p, case, threads) for p in asked}
        ours = found["mlm"]
        reached = {p: judge(f) for p, f in found.items() if "theta" in f}
        lowest = np.nanmin(list(reached.values()))
        above = {p: value - lowest for p, value in reached.items()}
        cells = [
            shown(found[p], ours, above.get(p)) if p in found else "not asked"
            for p in packages
        ]
        rows.append([case.name, f"{lowest:.6f}", *cells, f"{ours['peak']:.0f}"])
        lines += [
            {"case": case.name, "rows": len(data), "package": p}
            | {"milliseconds": milliseconds(found[p]), "above": above[p]}
            for p in reached
        ]
        versions |= {p: f["version"] for p, f in found.items() if "version" in f}
        print(threads, *rows[-1], sep=" | ", flush=True)
    header = ["case", criterion, *packages, "mlm's memory (MB)"]
    rows = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return text, pd.DataFrame(lines), versions


def told(versions):
    """What was measured with: a sentence."""
    known = ", ".join(f"{name} {number}" for name, number in versions.items())
    python = platform.python_version()
    return f"Python {python}, {known}.  Each is waited for {LIMIT} s."


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


def linear():
    """Measure linear models: sections of the results."""
    packages, quick = here(OF_LINEAR), here(QUICK)
    one, _, versions = table(LINEAR, packages, 1, "REML criterion")
    two, _, _ = table(LINEAR, quick, 2, "REML criterion")
    plot(quick)
    picture = "![Time of a fit against rows and against groups](scaling.png)"
    return {
        "Linear models, one BLAS thread": f"{told(versions)}\n\n{one}",
        "Linear models, two BLAS threads": f"{two}\n\n{picture}",
    }


def generalised():
    """Measure generalised models: section of the results, and the pages' table."""
    criterion = "−2 log likelihood"
    text, lines, versions = table(GENERALISED, here(OF_GENERALISED), 1, criterion)
    lines.to_csv(TABLE, index=False, float_format="%.4g")
    heading = "Generalised models, one BLAS thread"
    return {heading: f"{told(versions)}\n{NOTE}\n\n{text}"}


NOTE = """Times include standard errors; mlm, lme4 and glmmTMB take them from the
Hessian in theta and beta, mixedlm as if theta were known.  gpboost is given matrices,
so its times begin after the formula."""
PARTS = {"linear": linear, "generalised": generalised}
HEAD = f"""# mlm beside lme4 and other packages

Medians of one run of `make bench`, in milliseconds, from data frame and formula to
finished fit; in parentheses how many times mlm's time that is.

Every answer is judged by one criterion, at the theta the package gives, and for
generalised models its beta.  *early*: the search stopped more than {EARLY:g} above the
lowest that was reached; **wrong**: more than {LATE:g}.
A dash: the package cannot express the model.  *failed*: an error, or not done in time.
*not asked*: from {ONLY_MLM:.0e} rows on only mlm is timed.
"""


def main(names):
    """Measure some parts, or all, and write the results.

    Raises
    ------
    SystemExit
        A name that belongs to no part.
    """
    for name in names:
        if name not in PARTS:
            sys.exit(f"no part {name!r}; there are {', '.join(PARTS)}.")
    before = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]
    sections = dict(section.strip().split("\n\n", 1) for section in before)
    for name in names or PARTS:
        sections |= PARTS[name]()
    text = "".join(f"\n## {name}\n\n{body}\n" for name, body in sections.items())
    RESULTS.write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
