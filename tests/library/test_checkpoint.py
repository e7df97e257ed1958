"""The file of a simulation: whole or refused, one run at a time, and never in the way.

What a run does with its checkpoint otherwise is in test_replicates.
"""

import errno
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

import mlm
from mlm.replicates import checkpoint, file_lock
from mlm.replicates.checkpoint import Checkpoint
from mlm.replicates.run import replicate


class Task:
    """Squares of the numbers, in blocks of 10."""

    block, description = 10, {"what": "squares", "seed": 1}

    def __init__(self, columns=("square",)):
        self.columns = list(columns)

    def __call__(self, numbers):
        squares = np.array(numbers, dtype=float)[:, None] ** 2
        return np.repeat(squares, len(self.columns), axis=1)


def run(n=30, task=None, **arguments):
    return replicate(task or Task(), n, progress=False, **arguments)


@pytest.fixture
def path(tmp_path):
    """A checkpoint of 30 rows."""
    path = tmp_path / "a.parquet"
    run(checkpoint=path)
    return path


@pytest.mark.slow
def test_one_changed_bit_is_noticed_wherever_it_is(path):
    content = path.read_bytes()
    noticed = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        with pytest.raises(mlm.DataError, match="damaged"):
            Checkpoint(path, Task()).load()
        noticed += 1
    assert noticed == len(content) > 1000
    path.write_bytes(content)
    assert len(Checkpoint(path, Task()).load()[0]) == 30


@pytest.mark.parametrize("change", ["cut", "longer", "two", "zeros"])
def test_other_damage_is_noticed(path, change):
    content = path.read_bytes()
    middle = len(content) // 2
    changed = {
        "cut": content[:-1],
        "longer": content + b"\0",
        "two": content + content,
        "zeros": content[:middle] + bytes(64) + content[middle + 64 :],
    }[change]
    path.write_bytes(changed)
    with pytest.raises(mlm.DataError, match="damaged"):
        run(checkpoint=path)
    assert path.read_bytes() == changed


def test_rows_that_were_changed_by_hand_are_refused(path):
    """Another program writes a good file, with the old checksum or none."""
    table = pyarrow.parquet.read_table(path)
    rows = pd.read_parquet(path).assign(square=1.0)
    changed = pyarrow.Table.from_pandas(rows, preserve_index=False)
    changed = changed.replace_schema_metadata(table.schema.metadata)
    pyarrow.parquet.write_table(changed, path)
    with pytest.raises(mlm.DataError, match="checksum does not fit"):
        run(checkpoint=path)


def test_a_file_of_the_old_format_is_named(path):
    table = pyarrow.parquet.read_table(path)
    known = json.loads(table.schema.metadata[b"mlm"])
    del known["sha256"]
    old = table.replace_schema_metadata({b"mlm": json.dumps(known)})
    pyarrow.parquet.write_table(old, path)
    with pytest.raises(mlm.DataError, match="no checksum: it was written by an older"):
        run(checkpoint=path)


def test_the_bits_come_back(tmp_path):
    """Numbers that texts lose: not a number, both zeros, the smallest and largest."""
    odd = [np.nan, -0.0, 0.0, 5e-324, 1.7976931348623157e308, np.inf, 0.1 + 0.2]
    store = Checkpoint(tmp_path / "a.parquet", Task())
    store.save(np.arange(7), np.array(odd)[:, None])
    numbers, rows = store.load()
    assert numbers.tolist() == [*range(7)]
    assert rows.tobytes() == np.array(odd).tobytes()


@pytest.mark.parametrize("columns", [["a", "a"], ["replicate"], [1, "1"]])
def test_columns_that_a_file_cannot_tell_apart(tmp_path, columns):
    with pytest.raises(mlm.DataError, match="each needs a name of its own"):
        run(task=Task(columns), checkpoint=tmp_path / "a.parquet")


def test_names_of_columns_that_are_no_text(tmp_path):
    path, task = tmp_path / "a.parquet", Task([0, ("a", "b")])
    run(10, task, checkpoint=path)
    assert run(20, task, checkpoint=path)[1].shape == (20, 2)


# A run that stops within its first block until it may go on, as others must wait.
HOLDER = """
    import os, sys, warnings
    sys.path.insert(0, {folder!r})
    from test_checkpoint import Task, run

    class Waits(Task):
        def __call__(self, numbers):
            {fork}
            print("holds", flush=True)
            sys.stdin.readline()
            return super().__call__(numbers)

    run(20, Waits(), checkpoint=sys.argv[1])
"""
FORK = """if not os.fork():
                sys.stdin.readline()
                os._exit(0)"""


def holder(path, fork="pass"):
    """Start the run, and wait until it computes."""
    script = textwrap.dedent(
        HOLDER.format(folder=str(Path(__file__).parent), fork=fork)
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "holds\n"
    return process


@pytest.mark.slow
def test_a_second_run_is_told_and_neither_loses_a_row(tmp_path):
    path = tmp_path / "a.parquet"
    with holder(path) as first:
        for name in (path, tmp_path / "." / "a.parquet"):
            with pytest.raises(mlm.DataError, match="another run is writing"):
                run(checkpoint=name)
        if hasattr(os, "symlink"):
            (tmp_path / "link.parquet").symlink_to(path)
            with pytest.raises(mlm.DataError, match="another run is writing"):
                run(checkpoint=tmp_path / "link.parquet")
        first.stdin.write("\n\n")
        first.stdin.flush()
        assert first.wait(60) == 0
    assert len(pd.read_parquet(path)) == 20
    run(30, checkpoint=path)
    assert len(pd.read_parquet(path)) == 30
    assert {p.name for p in tmp_path.iterdir()} <= {"a.parquet", "link.parquet"}


@pytest.mark.slow
@pytest.mark.parametrize("fork", ["pass", FORK], ids=["alone", "with a child"])
def test_the_lock_of_a_killed_run_is_gone(tmp_path, fork):
    if fork != "pass" and not hasattr(os, "fork"):
        pytest.skip("no fork")
    path = tmp_path / "a.parquet"
    with holder(path, fork) as first:
        first.kill()
        first.wait()
        run(checkpoint=path)
    assert len(pd.read_parquet(path)) == 30
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def test_a_run_within_a_run_of_the_same_file_is_refused(tmp_path):
    path = tmp_path / "a.parquet"

    class Inner(Task):
        def __call__(self, numbers):
            with pytest.raises(mlm.DataError, match="another run is writing"):
                run(checkpoint=path)
            return super().__call__(numbers)

    run(task=Inner(), checkpoint=path)
    assert len(pd.read_parquet(path)) == 30


def test_a_lock_whose_file_is_taken_away_is_taken_anew(tmp_path):
    """Two files may have had the name; who holds the one that has it now is alone."""
    mark = tmp_path / "a.lock"
    with file_lock.locked(mark):
        mark.unlink()
        with (
            file_lock.locked(mark),
            pytest.raises(BlockingIOError),
            file_lock.locked(mark),
        ):
            pass
    assert not mark.exists()


@pytest.mark.skipif(file_lock.fcntl is None, reason="Windows has no flock")
@pytest.mark.parametrize("system", ["no locks", "no module"])
def test_a_file_system_without_locks_is_said(path, monkeypatch, system):
    def no_locks(file, kind):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(file_lock.fcntl, "flock", no_locks)
    if system == "no module":
        monkeypatch.setattr(file_lock, "fcntl", None)
        monkeypatch.setattr(file_lock, "msvcrt", None)
    with pytest.warns(mlm.CheckpointWarning, match="has no locks"):
        numbers, _ = run(50, checkpoint=path)
    assert len(numbers) == len(pd.read_parquet(path)) == 50


class Disk:
    """A disk that is full from its second writing on."""

    def __init__(self):
        self.written, self.full = 0, True

    def __call__(self, file):
        self.written += 1
        if self.full and self.written > 1:
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def disk(monkeypatch):
    monkeypatch.setattr("mlm.replicates.run.SAVE_EVERY", -1)
    found = Disk()
    monkeypatch.setattr(os, "fsync", found)
    return found


def test_a_full_disk_loses_nothing_in_memory(tmp_path, disk):
    path = tmp_path / "a.parquet"
    with pytest.warns(mlm.CheckpointWarning, match="No space left.*goes on") as caught:
        numbers, rows = run(50, checkpoint=path)
    assert len(caught) == 1
    assert disk.written > 3
    assert rows[:, 0].tolist() == [i**2 for i in range(50)]
    assert len(numbers) == 50
    # What was written before is there still, and nothing half written.
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]
    assert len(pd.read_parquet(path)) == 10
    disk.full = False
    run(50, checkpoint=path)
    assert len(pd.read_parquet(path)) == 50


def test_an_error_of_the_task_is_not_hidden_by_a_full_disk(tmp_path, disk):
    class Fails(Task):
        def __call__(self, numbers):
            if numbers[0] == 20:
                raise ZeroDivisionError
            return super().__call__(numbers)

    with (
        pytest.warns(mlm.CheckpointWarning, match="No space left"),
        pytest.raises(ZeroDivisionError),
    ):
        run(50, Fails(), checkpoint=tmp_path / "a.parquet")


def test_what_is_in_no_file_is_not_said_to_go_on(tmp_path, disk):
    class Stopped(Task):
        def __call__(self, numbers):
            if numbers[0] == 30:
                raise KeyboardInterrupt
            return super().__call__(numbers)

    with pytest.warns(mlm.MlmWarning) as caught:
        numbers, _ = run(50, Stopped(), checkpoint=tmp_path / "a.parquet")
    assert len(numbers) == 30
    said = [str(w.message) for w in caught if w.category is mlm.InterruptedWarning]
    assert said == ["stopped after 30 of 50 replicates, given back."]


def test_a_folder_that_goes_away_is_made_again(tmp_path, monkeypatch):
    path = tmp_path / "runs" / "a.parquet"
    monkeypatch.setattr("mlm.replicates.run.SAVE_EVERY", -1)

    class Removes(Task):
        def __call__(self, numbers):
            if numbers[0] == 20:
                for file in path.parent.iterdir():
                    file.unlink()
                path.parent.rmdir()
            return super().__call__(numbers)

    run(50, Removes(), checkpoint=path)
    assert len(pd.read_parquet(path)) == 50


def folder(at):
    (at / "a.parquet").mkdir()
    return at / "a.parquet"


def below_a_file(at):
    (at / "a.parquet").touch()
    return at / "a.parquet" / "b.parquet"


def read_only(at):
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("permissions do not hold for this user")
    at.chmod(0o500)
    return at / "a.parquet"


def no_file_system(at):
    if not Path("/proc/self").exists():
        pytest.skip("Linux only")
    return "/proc/self/a.parquet"


def pipe(at):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes")
    os.mkfifo(at / "pipe")
    return at / "pipe"


PATHS = {
    "a folder": (folder, "is a folder"),
    "the folder itself": (lambda at: "", "is the path of a file"),
    "below a file": (below_a_file, "cannot be written"),
    "a folder that is read-only": (read_only, "cannot be written: Permission denied"),
    "a folder that holds no files": (no_file_system, "cannot be written"),
    "too long": (lambda at: at / ("a" * 300), "cannot be written"),
    "a pipe": (pipe, "is no ordinary file"),
    "bytes": (lambda at: b"a.parquet", r"path of a file.*not b'a.parquet'"),
    "a number": (lambda at: 3, "path of a file.*not 3"),
    "true": (lambda at: True, "path of a file.*not True"),
    "a list": (lambda at: ["a.parquet"], "path of a file"),
    "a NUL": (lambda at: str(at / "a\0b"), "path of a file"),
}


@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_is_no_files_is_named_before_anything_is_computed(tmp_path, name):
    make, words = PATHS[name]

    class Never(Task):
        def __call__(self, numbers):
            raise AssertionError("computed")

    with pytest.raises(mlm.DataError, match=words):
        run(task=Never(), checkpoint=make(tmp_path))


def test_a_file_that_cannot_be_read_is_named(path, monkeypatch):
    def unreadable(self):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(checkpoint.Path, "read_bytes", unreadable)
    with pytest.raises(mlm.DataError, match="cannot be read: Permission denied"):
        run(checkpoint=path)


def test_more_rows_than_memory_are_refused():
    with pytest.raises(mlm.DataError, match="would not fit in memory"):
        run(10**12)
