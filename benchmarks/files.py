"""Measure fits of data that do not fit in memory, into files.csv.

    python benchmarks/files.py [slopes ratings …] [--rows 3e7] [--folder FOLDER]

Simulates parquet files, each a million rows at a time, and fits each in a process of
its own, on one BLAS thread.  With names of experiments only these are measured anew;
with --rows those sizes only that are no larger.  The files go to a temporary folder;
those of a hundred million rows take 2 GB.  What others do on the machine shows in the
clock's seconds first, so read the processor's.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fit_once import peak_memory
from limits import answer

HERE = Path(__file__).parent
RESULTS = HERE / "files.csv"
COLUMNS = [
    "experiment",
    "rows",
    "groups",  # of the first factor
    "others",  # of the second
    "file",  # megabytes
    "reading",  # CPU seconds of both passes
    "seconds",  # of the whole, from files to estimates
    "cpu",  # the same, of the processor
    "megabytes",  # most that the process had, all that it imports included
    "residual",  # estimates, of which the truth is known
    "sd",
]
# Rows, and groups of each factor.
SIZES = {
    "slopes": [(10**6, 10**4, 0), (10**7, 10**5, 0), (10**8, 10**6, 0)],
    "ratings": [
        (10**6, 20_000, 8000),
        (10**7, 69_878, 11_671),
        (3 * 10**7, 200_948, 80_000),
        (10**8, 600_000, 131_000),
    ],
    "tastes": [(5 * 10**6, 60_000, 12_560)],
    "careers": [(9 * 10**6, 1_500_000, 150_000)],
}
FORMULAS = {
    "slopes": "y ~ x + (x | g)",
    "ratings": "y ~ 1 + (1 | u) + (1 | i)",
    "tastes": "y ~ x + (x | u) + (x | i)",
    "careers": "y ~ x + (1 | a) + (1 | b)",
}
PART = 1_000_000
PATIENCE = 3600  # seconds that one measurement is waited for
SEED = 20260105


def slopes(rng, n, groups, _):
    """Rows of random groups, with an intercept and a slope each: tables of Arrow."""
    b = rng.normal(size=(groups, 2)) * [1, 0.5]
    for start in range(0, n, PART):
        m = min(PART, n - start)
        g, x = rng.integers(0, groups, m).astype(np.int32), rng.normal(size=m)
        y = 1 + (0.5 + b[g, 1]) * x + b[g, 0] + rng.normal(size=m)
        yield pa.table({"g": g, "x": x, "y": y})


def meetings(rng, n, users, items):
    """Users and items that meet, some of both far more often than others."""
    active = np.cumsum(rng.gamma(0.8, size=users) + 0.05)
    popular = np.cumsum((np.arange(items) + 20.0) ** -0.9)
    for start in range(0, n, PART):
        m = min(PART, n - start)
        u = np.searchsorted(active / active[-1], rng.random(m)).astype(np.int32)
        i = np.searchsorted(popular / popular[-1], rng.random(m)).astype(np.int32)
        yield u, i


def ratings(rng, n, users, items):
    """Users who rate items."""
    of_users = rng.normal(scale=0.5, size=users)
    of_items = rng.normal(scale=0.6, size=items)
    for u, i in meetings(rng, n, users, items):
        y = 3.5 + of_users[u] + of_items[i] + rng.normal(scale=0.85, size=len(u))
        yield pa.table({"u": u, "i": i, "y": y})


def tastes(rng, n, users, items):
    """The same, with a predictor whose slopes vary between users and between items."""
    of_users = rng.normal(size=(users, 2)) * [0.5, 0.3]
    of_items = rng.normal(size=(items, 2)) * [0.6, 0.25]
    for u, i in meetings(rng, n, users, items):
        x = rng.normal(size=len(u))
        b = of_users[u] + of_items[i] + [3.5, 0.2]
        y = b[:, 0] + b[:, 1] * x + rng.normal(scale=0.85, size=len(u))
        yield pa.table({"u": u, "i": i, "x": x, "y": y})


def careers(rng, n, workers, firms):
    """Workers in firms, small and large, which one in twenty leaves every year."""
    of_workers = rng.normal(scale=0.8, size=workers)
    of_firms = rng.normal(scale=0.4, size=firms)
    size = np.cumsum(rng.gamma(0.6, size=firms) + 0.05)

    def drawn():
        return np.searchsorted(size / size[-1], rng.random(workers)).astype(np.int32)

    a, b = np.arange(workers, dtype=np.int32), drawn()
    for _ in range(n // workers):
        x = rng.normal(size=workers)
        y = of_workers + of_firms[b] + 0.1 * x + rng.normal(scale=0.5, size=workers)
        yield pa.table({"a": a, "b": b, "x": x, "y": y})
        b = np.where(rng.random(workers) < 0.05, drawn(), b)


def write(path, experiment, size):
    """Simulate one data set into a parquet file."""
    tables = {
        "slopes": slopes,
        "ratings": ratings,
        "tastes": tastes,
        "careers": careers,
    }[experiment]
    writer = None
    for table in tables(np.random.default_rng(SEED), *size):
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def once(experiment, path):
    """Fit one file, and print a line of JSON."""
    import mlm
    from mlm.files import passes

    run, spent = passes._run, []

    def timed(*arguments):
        begin = time.process_time()
        found = run(*arguments)
        spent.append(time.process_time() - begin)
        return found

    passes._run = timed
    begin = time.perf_counter(), time.process_time()
    fit = mlm.lmer(FORMULAS[experiment], path)
    found = {
        "reading": sum(spent),
        "seconds": time.perf_counter() - begin[0],
        "cpu": time.process_time() - begin[1],
        "megabytes": peak_memory(),
        "residual": fit.sigma,
        "sd": float(fit.to_frame()["estimate"].iloc[0]),
    }
    print(json.dumps(found))


def measure(experiment, size, folder):
    """One line of the table: dict."""
    path = Path(folder) / f"{experiment}.parquet"
    write(path, experiment, size)
    place = dict(zip(("rows", "groups", "others"), size, strict=True))
    place = {"experiment": experiment} | place | {"file": path.stat().st_size / 1e6}
    once_more = sys.executable, __file__, "once", experiment, path
    found = answer(*once_more, limit=PATIENCE)
    path.unlink()
    print(*place.values(), {k: float(f"{v:.3g}") for k, v in found.items()}, flush=True)
    return place | found


def main(names, most, folder):
    """Measure some experiments, each line written as soon as it is known."""
    for experiment in names or SIZES:
        for size in SIZES[experiment]:
            if size[0] > most:
                continue
            lines = pd.DataFrame([measure(experiment, size, folder)], columns=COLUMNS)
            if RESULTS.exists():
                before = pd.read_csv(RESULTS)
                same = before["experiment"].eq(experiment) & before["rows"].eq(size[0])
                lines = pd.concat([before[~same], lines])
            lines = lines.sort_values(["experiment", "rows"], ascending=[False, True])
            lines.to_csv(RESULTS, index=False, float_format="%.4g")


if __name__ == "__main__":
    if sys.argv[1:2] == ["once"]:
        once(*sys.argv[2:])
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("names", nargs="*", choices=[*SIZES, []])
        parser.add_argument("--rows", type=float, default=np.inf)
        parser.add_argument("--folder")
        given = parser.parse_args()
        if given.folder:
            main(given.names, given.rows, given.folder)
        else:
            with tempfile.TemporaryDirectory() as folder:
                main(given.names, given.rows, folder)
