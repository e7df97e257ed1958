"""Who computes the replicates does not matter, and what is done is not lost."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import joblib
import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

import mlm
from mlm.replicates.run import replicate

SLEEP = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture
def fit(sleepstudy):
    return mlm.lmer(SLEEP, sleepstudy)


def kept_in(path):
    return pd.read_parquet(path)


def boot(fit, statistic=None, n=700, seed=1, **arguments):
    return mlm.bootstrap(fit, statistic, n, seed, progress=False, **arguments)


class Task:
    """Squares of the numbers, in blocks of 10; keeps what it was asked for."""

    def __init__(self):
        self.columns, self.block, self.description = ["square"], 10, {"what": "squares"}
        self.asked = []

    def __call__(self, numbers):
        self.asked += numbers
        return np.array(numbers, dtype=float)[:, None] ** 2


def run(task, n, **arguments):
    return replicate(task, n, progress=False, **arguments)


@pytest.mark.parametrize(
    "setting",
    [
        {"backend": "sequential"},
        {"backend": "threading", "n_jobs": 2},
        {"backend": "loky", "n_jobs": 1},
        {"backend": "loky", "n_jobs": 2},
    ],
    ids=lambda setting: f"{setting['backend']} {setting.get('n_jobs', 1)}",
)
@pytest.mark.slow
def test_bits_do_not_depend_on_who_computes(fit, setting):
    known = boot(fit).replicates
    with joblib.parallel_config(**setting):
        pd.testing.assert_frame_equal(boot(fit).replicates, known, check_exact=True)


def test_bits_do_not_depend_on_the_threads_of_blas():
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(3000), 10)
    y = rng.normal(size=3000)[group] + rng.normal(size=30_000)
    data = pd.DataFrame({"x": rng.normal(size=30_000), "y": y, "group": group})
    fit = mlm.lmer("y ~ x + (1 | group)", data)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads, "blas"):
            found.append(boot(fit, n=3).replicates)
    pd.testing.assert_frame_equal(*found, check_exact=True)


@pytest.mark.slow
def test_long_runs_go_to_all_cores_with_one_blas_thread(fit, monkeypatch):
    monkeypatch.setattr("mlm.replicates.run.START_UP", 0)
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)  # see conftest
    variables = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]

    def where(of):
        threads = {name: float(os.environ.get(name, -1)) for name in variables}
        return {"process": float(os.getpid())} | threads

    found = boot(fit, where, n=1000).values
    assert found["process"].iloc[0] == os.getpid()  # the first block is done here
    elsewhere = found[found["process"] != os.getpid()]
    assert len(elsewhere) == 900
    if joblib.cpu_count() > 1:
        assert (elsewhere[variables] == 1).all(axis=None)


@pytest.mark.slow
def test_one_core_stays_here(fit, monkeypatch):
    monkeypatch.setattr("mlm.replicates.run.START_UP", 0)
    monkeypatch.setattr(joblib, "effective_n_jobs", lambda n_jobs: 1)
    found = boot(fit, lambda of: os.getpid(), n=300).values
    assert (found == os.getpid()).all(axis=None)


@pytest.mark.slow
def test_short_runs_stay_here(fit):
    found = boot(fit, lambda of: os.getpid(), n=200).values
    assert (found == os.getpid()).all(axis=None)


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two worker processes, and its client."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.mark.slow
def test_a_cluster_gives_the_same_bits(fit, cluster):
    known = boot(fit).replicates
    with joblib.parallel_config("dask"):
        found = boot(fit, lambda of: of.fixef["Days"])
        pd.testing.assert_frame_equal(boot(fit).replicates, known, check_exact=True)
    np.testing.assert_allclose(found.values["statistic"], known["Days"], rtol=1e-9)


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(fit, cluster, tmp_path):
    """The worker that gets number 350 dies of it; dask gives its work to another."""
    known, mark = boot(fit, n=700).values["Days"], tmp_path / "killed"

    def deadly(of):
        slope = of.fixef["Days"]
        if slope == doomed and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return slope

    doomed = known.loc[350]
    before = {*cluster.run(os.getpid).values()}
    with joblib.parallel_config("dask"):
        found = boot(fit, deadly, n=700)
    assert mark.exists()
    assert before - {*cluster.run(os.getpid).values()}  # one of them is gone indeed
    assert len(found.replicates) == 700
    np.testing.assert_array_equal(found.values["statistic"], known)


def test_progress_is_shown_and_begins_where_the_file_ends(tmp_path, capsys):
    path = tmp_path / "a.parquet"
    replicate(Task(), 20, path)
    assert "20/20" in capsys.readouterr().err
    replicate(Task(), 80, path)
    said = capsys.readouterr().err
    assert "20/80" in said
    assert "80/80" in said
    run(Task(), 20)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["power.parquet", "runs/2026/power.parquet"])
def test_a_checkpoint_is_gone_on_with(tmp_path, name):
    path = tmp_path / name
    first, second, third = Task(), Task(), Task()
    run(first, 25, checkpoint=path)
    assert first.asked == [*range(25)]
    numbers, rows = run(second, 47, checkpoint=path)
    # One row of the old ones is computed again, to see that it is the same.
    assert second.asked == [0, *range(25, 47)]
    assert numbers.tolist() == [*range(47)]
    assert rows[:, 0].tolist() == [i**2 for i in range(47)]
    numbers, rows = run(third, 12, checkpoint=str(path))
    assert third.asked == [0]
    assert rows[:, 0].tolist() == [i**2 for i in range(12)]
    kept = kept_in(path)
    assert kept["replicate"].tolist() == [*range(47)]
    assert not list(path.parent.glob("*.new"))


@pytest.mark.slow
def test_checkpoint_of_a_bootstrap_has_the_bits(fit, tmp_path):
    path = tmp_path / "boot.parquet"
    boot(fit, n=130, checkpoint=path)
    found = boot(fit, n=330, checkpoint=path).replicates
    pd.testing.assert_frame_equal(found, boot(fit, n=330).replicates, check_exact=True)


@pytest.mark.slow
def test_another_simulation_is_refused(fit, sleepstudy, tmp_path):
    path = tmp_path / "boot.parquet"
    boot(fit, n=20, checkpoint=path)
    before = path.read_bytes()
    other_data = mlm.lmer(SLEEP, sleepstudy.iloc[:-1])
    other_rows = mlm.lmer(SLEEP, sleepstudy.assign(Days=sleepstudy["Days"] + 1))
    other_fit = mlm.lmer(SLEEP, sleepstudy.assign(Reaction=sleepstudy["Reaction"] * 2))
    nearly = sleepstudy["Days"].where(sleepstudy.index > 0, 1e-12)
    other_digit = mlm.lmer(SLEEP, sleepstudy.assign(Days=nearly))
    nearly = np.nextafter(sleepstudy["Reaction"], np.inf)
    other_bit = mlm.lmer(SLEEP, sleepstudy.assign(Reaction=nearly))
    for words, change in [
        ("fingerprint of y, X and Z", {"fit": other_digit}),
        ("fingerprint of y, X and Z", {"fit": other_bit}),
        ("seed was 1, and now is 2", {"seed": 2}),
        ("fingerprint of y, X and Z", {"fit": other_data}),
        ("fingerprint of y, X and Z", {"fit": other_rows}),
        ("Days was '10.4673', and now is '20.9346'", {"fit": other_fit}),
        ("by REML", {"fit": mlm.lmer(SLEEP, sleepstudy, reml=False)}),
        ("columns was", {"statistic": lambda of: of.sigma}),
    ]:
        with pytest.raises(mlm.DataError, match="holds another simulation") as caught:
            boot(**({"fit": fit, "n": 20} | change), checkpoint=path)
        assert words in str(caught.value)
    assert path.read_bytes() == before


def test_another_statistic_of_the_same_name_is_refused(fit, tmp_path):
    path = tmp_path / "boot.parquet"
    boot(fit, lambda of: of.sigma, n=20, checkpoint=path)
    with pytest.raises(mlm.DataError, match="'statistic' of replicate 0 was"):
        boot(fit, lambda of: of.fixef["Days"], n=20, checkpoint=path)


def test_another_plan_is_refused(tmp_path):
    path, effects = tmp_path / "power.parquet", {"(Intercept)": 0.0, "day": 1.0}
    effects |= {"sd_(Intercept)|person": 1.0, "sigma": 1.0}

    def power(persons=6, ddf="satterthwaite", **change):
        design = mlm.planned_design(
            "y ~ day + (1 | person)", mlm.crossing(person=persons, day=range(3))
        )
        change = effects | change
        mlm.power(design, change, 20, 1, ddf=ddf, checkpoint=path, progress=False)

    power()
    power()
    with pytest.raises(mlm.DataError, match="day was '1', and now is '2'"):
        power(day=2.0)
    with pytest.raises(mlm.DataError, match="fingerprint of y, X and Z"):
        power(persons=7)
    with pytest.raises(
        mlm.DataError, match=r"day was '1', and now is '1\.000000000001"
    ):
        power(day=1 + 1e-12)
    with pytest.raises(mlm.DataError, match="ddf was 'satterthwaite', and now is None"):
        power(ddf=None)


@pytest.mark.parametrize("content", [b"", b"replicate,square\n0,0\n", b"PAR1" * 30])
def test_a_file_of_another_kind_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "table.parquet"
    path.write_bytes(content)
    with pytest.raises(mlm.DataError, match="is no checkpoint of a simulation"):
        run(Task(), 20, checkpoint=path)
    assert path.read_bytes() == content


def test_without_pyarrow_a_checkpoint_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(mlm.DataError, match="pip install pyarrow"):
        run(Task(), 20, checkpoint=tmp_path / "a.parquet")
    run(Task(), 20)


def test_ctrl_c_returns_what_is_done(tmp_path):
    class Stopped(Task):
        def __call__(self, numbers):
            if numbers[0] == 30:
                raise KeyboardInterrupt
            return super().__call__(numbers)

    path = tmp_path / "a.parquet"
    with pytest.warns(mlm.InterruptedWarning, match="stopped after 30 of 55"):
        numbers, rows = run(Stopped(), 55)
    assert numbers.tolist() == [*range(30)]
    assert rows[:, 0].tolist() == [i**2 for i in range(30)]
    with pytest.warns(mlm.InterruptedWarning, match="the same call goes on"):
        run(Stopped(), 55, checkpoint=path)
    task = Task()
    run(task, 55, checkpoint=path)
    assert task.asked == [0, *range(30, 55)]


SCRIPT = """
    import sys, time, warnings
    import numpy as np
    from mlm.replicates.run import replicate

    class Slow:
        columns, block, description = ["square"], 10, {"what": "squares"}

        def __call__(self, numbers):
            time.sleep(0.02)
            return np.array(numbers, dtype=float)[:, None] ** 2

    warnings.simplefilter("always")
    print(len(replicate(Slow(), 100_000, sys.argv[1])[0]))
"""


def started(script, path):
    """Start a run that takes long, and wait until it has saved something."""
    # A program that is started in the background may be told to ignore Ctrl+C.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", heard + textwrap.dedent(script), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not path.exists():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)
    return process


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_a_run_that_was_stopped_is_finished_by_the_next(tmp_path, name):
    """All its processes get the signal, as from a terminal."""
    path = tmp_path / "squares.parquet"
    process = started(SCRIPT, path)
    os.killpg(process.pid, signal.Signals[name])
    said, errors = process.communicate()
    kept = kept_in(path)["replicate"]
    assert 0 < len(kept) < 100_000
    if name == "SIGINT":
        assert process.returncode == 0, errors
        assert said == f"{len(kept)}\n"
        assert "InterruptedWarning: stopped after" in errors
    n, task = int(kept.max()) + 200, Task()
    numbers, rows = run(task, n, checkpoint=path)
    assert numbers.tolist() == [*range(n)]
    assert rows[:, 0].tolist() == [i**2 for i in range(n)]
    assert not set(task.asked) & set(kept[1:]), "what is kept is not computed again"


@pytest.mark.slow
# On a busy machine joblib may replace a process that had nothing to do.
@pytest.mark.filterwarnings("ignore:A worker stopped:UserWarning")
def test_an_interrupted_bootstrap_says_how_much_it_has(fit):
    done = []

    def until_ctrl_c(of):
        done.append(of)
        if len(done) > 150:
            raise KeyboardInterrupt
        return of.sigma

    with pytest.warns(mlm.InterruptedWarning, match="100 of 700"):
        found = boot(fit, until_ctrl_c)
    assert "100 of 700 replicates" in repr(found)
