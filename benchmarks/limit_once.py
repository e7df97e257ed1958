"""Measure one fit, or one simulation, in a process of its own: limits.py runs it.

    limit_once.py EXPERIMENT SIZE [WORKERS [PROGRAM]]

Prints a line of JSON.  Seconds of the clock and of the processor are the least of some
runs, two at least; megabytes are the most that the first run took beyond its data.
"""

import json
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
import psutil
from cases import crossed, nested, simulated
from fit_once import peak_memory

import mlm

ENOUGH = 5.0  # seconds after which nothing is measured again
RUNS = 10
# Crossed levels from which on one trial is measured, and no whole fit.
ONE_TRIAL = 5000
PER_STUDENT, STUDENTS = 25, 2.6  # rows, and students a lecturer: as in InstEval
LECTURERS = 2000  # where only the students grow
# Ratings: people who rate; rows where items grow, and items where rows grow.
RATERS, RATINGS, ITEMS = 200_000, 1_000_000, 2000


class Problem(NamedTuple):
    """A model and its data."""

    formula: str
    data: pd.DataFrame
    whole: bool = True  # is it fitted, or tried once?
    solver: str = "dense"


def rows(n):
    """A hundred groups, and more and more rows."""
    return Problem("y ~ x + (x | g)", simulated(n, 100))


def groups(J):
    """Ten rows a group, and more and more groups."""
    return Problem("y ~ x + (x | g)", simulated(10 * J, J))


def nested_groups(schools):
    """Five pupils in four classes of every school."""
    return Problem("y ~ x + (1 | s/c)", nested(schools))


def slopes(k):
    """5000 groups of 20 rows with k effects each; the fixed effects stay."""
    rng = np.random.default_rng(20260104)
    g, X = np.repeat(np.arange(5000), 20), rng.normal(size=(100_000, 7))
    X[:, 0] = 1
    b = rng.normal(size=(5000, k)) / 2
    y = X.sum(axis=1) + np.sum(X[:, :k] * b[g], axis=1) + rng.normal(size=len(g))
    names = [f"x{i}" for i in range(1, 7)]
    data = pd.DataFrame(X[:, 1:], columns=names).assign(y=y, g=g)
    random = " + ".join(["1", *names[: k - 1]])
    return Problem(f"y ~ {' + '.join(names)} + ({random} | g)", data)


def crossed_sparse(items):
    """Students who meet 25 of the lecturers, however many there are."""
    students = int(STUDENTS * items)
    data = crossed(PER_STUDENT * students, students, items)
    return Problem("y ~ x + (1 | g) + (1 | h)", data, items < ONE_TRIAL)


def more_students(students):
    """Two thousand lecturers, and more and more students who meet 25 of them."""
    data = crossed(PER_STUDENT * students, students, LECTURERS)
    return Problem("y ~ x + (1 | g) + (1 | h)", data)


def crossed_dense(items):
    """Twice as many groups as items, and most pairs of them meet."""
    data = crossed(2 * items**2, 2 * items, items)
    return Problem("y ~ x + (1 | g) + (1 | h)", data)


def items(size, solver):
    """A million ratings by 200 000 people, of more and more items."""
    data = crossed(RATINGS, RATERS, size)
    return Problem("y ~ x + (1 | g) + (1 | h)", data, solver=solver)


def ratings(n, solver):
    """More and more ratings, by 200 000 people, of 2000 items."""
    data = crossed(n, RATERS, ITEMS)
    return Problem("y ~ x + (1 | g) + (1 | h)", data, solver=solver)


PROBLEMS = {
    "rows": rows,
    "groups": groups,
    "nested": nested_groups,
    "slopes": slopes,
    "crossed sparse": crossed_sparse,
    "crossed dense": crossed_dense,
    "students": more_students,
}
# One problem, and each solver that is compared on it.
COMPARED = {
    f"{name} {solver}": partial(problem, solver=solver)
    for name, problem in {"items": items, "ratings": ratings}.items()
    for solver in ("dense", "iterative")
}


def timed(function, processor_time=time.process_time):
    """Run a function; give its answer, and seconds of clock and processor."""
    clock, processor = time.perf_counter(), processor_time()
    answer = function()
    spent = time.perf_counter() - clock, processor_time() - processor
    return answer, np.array(spent)


def time_of_all():
    """CPU seconds of this process and the workers it has started; slow to ask."""
    times = [c.cpu_times() for c in psutil.Process().children(recursive=True)]
    return time.process_time() + sum(t.user + t.system for t in times)


def least(function, spent, processor_time=time.process_time):
    """Least seconds of runs, the first of which has spent some."""
    runs = [spent, timed(function, processor_time)[1]]
    while len(runs) < RUNS and np.sum(runs, axis=0)[0] < ENOUGH:
        runs.append(timed(function, processor_time)[1])
    return np.min(runs, axis=0)


class Memory:
    """The most memory used from here on, beyond what is used now, in MB."""

    def __init__(self):
        try:
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        except OSError:
            print("megabytes: only where Linux counts them", file=sys.stderr)
        self._before = peak_memory()

    def more(self):
        return (peak_memory() - self._before) * 2**20 / 1e6


def whole_fit(problem, memory):
    """Costs of a fit, from data frame to estimates: dict."""

    def fit():
        return mlm.lmer(problem.formula, problem.data, solver=problem.solver)

    fitted, spent = timed(fit)
    found = {"megabytes": memory.more()}
    found["evaluations"] = fitted.convergence.evaluations
    del fitted
    found["seconds"], found["cpu"] = least(fit, spent)
    return found


def measure(problem):
    """Costs of a problem, and of its parts: dict."""

    def read():
        design = mlm.design_matrices(problem.formula, problem.data)
        return mlm.profiled_deviance(design)

    def trial():
        criterion.expand(start)

    found = {"rows": len(problem.data)}
    memory = Memory()
    if problem.whole:
        found |= whole_fit(problem, memory)
    found["reading"] = least(read, timed(read)[1])[1]
    criterion = read()
    found["left"] = criterion.sums.structure.q2
    start = criterion.start()
    _, first = timed(trial)
    found.setdefault("megabytes", memory.more())
    found["trial"] = least(trial, first)[1]
    return found


def measure_solver(problem):
    """Costs of a whole fit by one solver: dict."""
    found = {"rows": len(problem.data), "left": problem.data["h"].nunique()}
    return found | whole_fit(problem, Memory())


def with_gpboost(problem):
    """Costs of the same fit by gpboost, which is given matrices: dict."""
    import gpboost  # only in the environment of the benchmarks

    data = problem.data
    X = np.column_stack([np.ones(len(data)), data["x"]])
    groups, y = data[["g", "h"]].to_numpy(), data["y"].to_numpy()

    def fit():
        given = {"group_data": groups, "likelihood": "gaussian"}
        model = gpboost.GPModel(**given, num_parallel_threads=1)
        model.fit(y=y, X=X)
        model.get_coef(std_err=True)  # computed when asked for

    memory = Memory()
    _, (seconds, cpu) = timed(fit)
    found = {"rows": len(data), "left": data["h"].nunique()}
    return found | {"megabytes": memory.more(), "seconds": seconds, "cpu": cpu}


def simulate(n, workers):
    """Costs of n refits of sleepstudy: dict."""
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())

    def boot(n):
        return mlm.bootstrap(fit, n=n, seed=1, progress=False)

    with joblib.parallel_config("loky", n_jobs=workers, inner_max_num_threads=1):
        boot(200 * workers)  # starts the workers
        memory = Memory()
        _, spent = timed(lambda: boot(n), time_of_all)
        found = {"megabytes": memory.more()}
        spent = least(lambda: boot(n), spent, time_of_all)
        found["seconds"], found["cpu"] = spent
    return found


def main(experiment, size, workers=1, program="mlm"):
    """Measure one size of an experiment."""
    warnings.simplefilter("ignore")
    if experiment == "simulation":
        found = simulate(int(size), int(workers))
    elif program == "gpboost":
        found = with_gpboost(COMPARED[experiment](int(size)))
    elif experiment in COMPARED:
        found = measure_solver(COMPARED[experiment](int(size)))
    else:
        found = measure(PROBLEMS[experiment](int(size)))
    print(json.dumps({name: float(value) for name, value in found.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
