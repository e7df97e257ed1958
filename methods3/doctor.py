"""Is this computer ready for the course?  What is wrong, and the command that mends it.

In a terminal::

    python -m methods3.doctor

and in a notebook, of the Python that runs it::

    from methods3.doctor import check_setup
    check_setup()

A doctor must speak where little works: what is examined is imported only then, and
the rest is the standard library, also of Pythons that are too old for the course.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module, util
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from methods3.commands import (
    COURSE,
    PINS,
    hosted,
    install,
    is_this_python,
    pip,
    python,
    python_in,
    quoted,
    restore,
    same,
)
from methods3.installed import broken, needs, outdated, reason, version_of

__all__ = ["check_setup"]

# Not asked of the package: into an older Python, pip would not have installed it.
OLDEST_PYTHON = (3, 11)
# lme4 of sleepstudy: the REML criterion, and the line of subject 308 (lmList).
LME4 = (1743.628, 244.193, 21.765)
REGISTER = 'ipykernel install --user --name methods3 --display-name "Methods 3"'
MARKS = {True: "ok", False: "!!", None: "--"}


class Finding(NamedTuple):
    """What a check found; ``ok`` is None where it could not look, or need not."""

    ok: bool
    said: str
    mend: str = ""


def interpreter():
    """Look whether this Python is new enough."""
    said = f"Python {'.'.join(map(str, sys.version_info[:3]))}, {sys.executable}"
    if sys.version_info >= OLDEST_PYTHON:
        return Finding(True, said)
    needed = ".".join(map(str, OLDEST_PYTHON))
    course = python_in(COURSE / ".venv")
    other = course and not is_this_python(course)  # else it is the one that is too old
    mend = python("methods3.doctor", course) if other else install("python")
    return Finding(False, f"{said}, is too old: {needed} or newer is needed", mend)


def environment():
    """Look whether this Python is in an environment, and in the one activated."""
    own = sys.prefix != sys.base_prefix or Path(sys.prefix, "conda-meta").is_dir()
    active, conda = (os.environ.get(k, "") for k in ("VIRTUAL_ENV", "CONDA_PREFIX"))
    # Conda's base often stays active below an environment that is called by its path.
    active = active or ("" if own else conda)
    known = same(active, sys.prefix) or same(conda, sys.prefix)
    course = python_in(COURSE / ".venv")
    # A notebook may run in another environment than Jupyter: there it is no fault.
    if active and not known and "JPY_PARENT_PID" not in os.environ:
        said = f"{active} is activated, but this Python is another: {sys.executable}"
        right = course or python_in(active) or sys.executable
        mend = python("methods3.doctor", right)
        return Finding(False, said, "deactivate" if is_this_python(right) else mend)
    if not own and not version_of("mlm"):
        said = f"the course is not installed in this Python, {sys.executable}"
        mend = python(f"venv {quoted(COURSE / '.venv')}")
        mend = python("methods3.doctor", course) if course else mend
        return Finding(False, said, mend)
    said = sys.prefix if own else "none; packages are those of the whole computer"
    bare = shutil.which("python") or sys.executable
    other = "" if is_this_python(bare) else f" (`python` alone is another: {bare})"
    return Finding(True, said + other)


def kernel():
    """Look whether Jupyter knows how to start this Python."""
    try:
        import_module("ipykernel")
        manager = import_module("jupyter_client.kernelspec").KernelSpecManager
    except ImportError as error:
        said = f"notebooks cannot run in this Python: {reason(error)}"
        return Finding(False, said, pip("ipykernel jupyterlab"))
    # A bare name is the Python of Jupyter itself: this one, if Jupyter is here.
    bare = "python[0-9.]*" if util.find_spec("jupyter_server") else ""
    for spec in manager(ensure_native_kernel=False).get_all_specs().values():
        program, name = spec["spec"]["argv"][0], spec["spec"]["display_name"]
        if re.fullmatch(bare, program) or is_this_python(program):
            return Finding(True, f'Jupyter calls this Python "{name}"')
    said = "Jupyter does not know this Python: it is not registered as a kernel"
    return Finding(False, said, python(REGISTER))


def packages():
    """Look whether what mlm and its sliders need is there, new enough, and whole."""
    if not version_of("mlm"):
        said = "the course is not installed in this Python"
        return Finding(False, said, install_course())
    floors = needs("mlm")
    said, option = outdated(floors), "--upgrade"
    if not said:
        said, option = broken(floors), "--force-reinstall"
    if not said:
        return Finding(True, ", ".join(f"{name} {version_of(name)}" for name in floors))
    wanted = " ".join(f'"{name}>={floors[name]}"' for name in said)
    return Finding(False, "; ".join(said.values()), pip(f"{option} {wanted}"))


def install_course():
    """Commands that install the course, with the students' packages where these are."""
    pins = COURSE / PINS
    if not pins.exists():
        return pip(f"--editable {quoted(f'{COURSE}[live]')}")
    packages = pip(f"--require-hashes -r {quoted(pins)}")
    return f"{packages}\n{pip(f'--no-deps --no-build-isolation -e {quoted(COURSE)}')}"


def data():
    """Look whether the data sets are the files that were recorded."""
    folder = Path(util.find_spec("mlm").origin).with_name("datasets")
    text = (folder / "provenance.toml").read_text("utf-8")
    records, altered = import_module("tomllib").loads(text).values(), []
    for record in records:
        file = folder / record["file"]
        content = file.read_bytes() if file.exists() else b""
        if hashlib.sha256(content).hexdigest() != record["sha256"]:
            altered.append(file.name)
    if not altered:
        return Finding(True, f"{len(records)} files, each as it was recorded")
    said = f"missing, or not as recorded: {', '.join(altered)}"
    return Finding(False, said, restore("mlm/datasets"))


def fit():
    """Look whether mlm fits, and finds the numbers of lme4."""
    if not (packages().ok and data().ok):
        return Finding(None, "tried when packages and data are mended")
    from mlm.datasets import load_sleepstudy
    from mlm.fit import lm, lmer

    sleepstudy = load_sleepstudy()
    mixed = lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
    line = lm("Reaction ~ Days", sleepstudy[sleepstudy["Subject"] == "308"])
    found = (mixed.criterion, *line.fixef)
    ours, theirs = (", ".join(f"{x:.3f}" for x in each) for each in (found, LME4))
    if any(abs(x - y) > 0.001 for x, y in zip(found, LME4, strict=True)):
        return Finding(False, f"{ours}, where lme4 has {theirs}", restore("mlm"))
    return Finding(True, f"{len(sleepstudy)} reaction times, and as lme4: {ours}")


def git():
    """Look whether git is there, and knows whose work it keeps."""
    version = ask_git("--version")
    if not version:
        said = "git is not installed, or not on the PATH"
        return Finding(False, said, install("git"))
    wanted = {"user.name": "Your Name", "user.email": "you@example.org"}
    unknown = [key for key in wanted if not ask_git("config", key)]
    if not unknown:
        return Finding(True, f"{version}, for {ask_git('config', 'user.name')}")
    said = f"git does not know your {' and '.join(unknown)}, which each commit states"
    mend = (f'git config --global {key} "{wanted[key]}"' for key in unknown)
    return Finding(False, said, "\n".join(mend))


def ask_git(*words):
    """What git answers; nothing where it is missing (or, on a Mac, only announced)."""
    program = shutil.which("git")
    if not program:
        return ""
    done = subprocess.run([program, *words], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").strip()


def examined(check):
    """Finding of a check, also where the check itself fails."""
    if hosted() and check in (environment, kernel, git):
        return Finding(None, "looked after by what runs this notebook")
    try:
        return check()
    except Exception as error:
        said = f"{type(error).__name__}: {reason(error)}"
        return Finding(False, said, restore("mlm"))


def say(text):
    """Print a line, also where the terminal has no letter for some of it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def examine():
    """Print a line for each check, and the number of things to mend, which is returned.

    What is wrong with the Python itself, or with its environment, ends it: the rest
    would be about another Python than the one that is meant.
    """
    wrong = 0
    for check in (interpreter, environment, kernel, packages, data, fit, git):
        finding = examined(check)
        say(f"{MARKS[finding.ok]}  {check.__name__}: {finding.said}")
        if finding.ok is False:
            wrong += 1
            say(indent(finding.mend, " " * 8))
            if check in (interpreter, environment):
                break
    things = "1 thing" if wrong == 1 else f"{wrong} things"
    again = "Then ask again; in a notebook, restart the kernel first."
    say(f"{things} to mend, from the top.  {again}" if wrong else "Everything works.")
    return wrong


def check_setup():
    """Print what works on this computer, what does not, and what mends it.

    Returns
    -------
    None
        All is printed, and nothing raised.

    Examples
    --------
    >>> check_setup()  # doctest: +ELLIPSIS
    ok  interpreter: Python 3...
    """
    examine()


if __name__ == "__main__":
    sys.exit(bool(examine()))
