"""Put known faults into mlm, one at a time, and see whether its tests notice.

    make mutants
    python scripts/mutants.py [WORD ...]

The faults stand in tests/mutants.toml; with words, those of files whose path has one of
them.  Each is put into a copy of the library, and the tests that should see it run
there.  What no test sees, survives: it is named, and the script fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notebooks import ROOT

LIST = ROOT / "tests" / "mutants.toml"
# What the library's tests need.
COPIED = ("mlm", "methods3", "scripts", "tests", "benchmarks", "pyproject.toml")
COPIED += ("_config.yml",)
PASSED = 0  # what pytest ends with
# Seconds after which the tests of a fault count as never ending.
NEVER = 3600


def read_list(path=LIST):
    """Faults of the list: list of dict with file, before, after and tests."""
    return tomllib.loads(path.read_text("utf-8"))["mutant"]


def altered(fault, root=ROOT):
    """Text of a file with a fault in it.

    Parameters
    ----------
    fault : dict
        ``file`` below mlm/, and the text ``before`` and ``after``.
    root : Path

    Raises
    ------
    ValueError
        The text is not there exactly once.
    """
    text = (root / "mlm" / fault["file"]).read_text("utf-8")
    count = text.count(fault["before"])
    if count != 1:
        raise ValueError(
            f"mlm/{fault['file']} has {fault['before']!r} {count} times, not once."
        )
    return text.replace(fault["before"], fault["after"])


def address_of_test(name, root=ROOT):
    """Where pytest finds ``test_file`` or ``test_file::test_name``, from the root.

    Raises
    ------
    ValueError
        There is no such file, or several; or it has no such test.
    """
    stem, _, test = name.partition("::")
    found = sorted((root / "tests").rglob(f"{stem}.py"))
    if len(found) != 1:
        raise ValueError(f"{name}: {len(found)} files of tests are called {stem}.py.")
    if test and f"def {test}(" not in found[0].read_text("utf-8"):
        raise ValueError(f"{name}: {stem}.py has no such test.")
    return found[0].relative_to(root).as_posix() + name[len(stem) :]


def run_tests(folder, names):
    """Run tests in a copy of the library: pytest's exit code and what it printed.

    Raises
    ------
    subprocess.TimeoutExpired
        They do not end.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line"]
    command += [address_of_test(name) for name in names]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=NEVER,
    )
    return done.returncode, done.stdout + done.stderr


def make_copy(folder):
    """Copy the library and its tests, with what Python has compiled of them."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder)


def survives(fault):
    """Whether no test sees a fault.

    Tests that cannot be collected with it see it, and so do those that never end.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_copy(folder)
        (folder / "mlm" / fault["file"]).write_text(altered(fault), "utf-8")
        try:
            code, _ = run_tests(folder, fault["tests"])
        except subprocess.TimeoutExpired:
            return False
    return code == PASSED


def main(words):
    """Try the faults, and name those that survive."""
    faults = read_list()
    faults = [f for f in faults if not words or any(w in f["file"] for w in words)]
    every = sorted({name for fault in faults for name in fault["tests"]})
    code, said = run_tests(ROOT, every)
    if code != PASSED:
        sys.exit(f"Without a fault the tests must pass:\n{said}")
    left = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for fault, lives in zip(faults, pool.map(survives, faults), strict=True):
            word = "SURVIVED" if lives else "killed"
            print(f"{word:8} mlm/{fault['file']}: {fault['after']}", flush=True)
            left += [fault] * lives
    print(
        f"{len(faults)} faults, {len(faults) - len(left)} killed, {len(left)} survived"
    )
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
