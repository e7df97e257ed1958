"""What runs in the sandbox: ``python -m methods3.grade.inside``, with a job to do.

The job is on its standard input.  It copies what the student handed in, gives up what
rights it has, and runs the cells of one notebook.  On its standard output it reports, a
line each: a cell that starts, one that ended, an answer, a note.  What the cells print
goes to standard error.

Of `methods3.check` there are only ``check`` and ``progress`` here, and they judge
nothing. Nothing here protects anything: that is the sandbox's work, and the grader's
outside.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import ModuleType

import methods3
from methods3.grade.answers import record
from methods3.grade.submissions import IGNORED

LONGEST = 500  # characters of an error
# Of one process: addresses, bytes of a file, threads of the user, open files.
LIMITS = {"AS": 4 * 2**30, "FSIZE": 100 * 2**20, "NPROC": 256, "NOFILE": 512, "CORE": 0}
# User and group that the superuser becomes: of no account, and owner of nothing.
NOBODY = 1_999_999_999
# A cell may take this share of the time that is left.
SHARE = 0.5
STOPPED = "it was interrupted"


class Interrupted(KeyboardInterrupt):
    """Raised in a cell that has had its share of the time."""


class Recorded:
    """What ``check`` returns here."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"{self.name}: recorded, and judged when the notebook has run"


def main():
    """Run the job."""
    job = json.loads(sys.stdin.readline())
    deadline = time.monotonic() + job["seconds"]
    line = _own_pipe()
    os.umask(0o022)
    folder = Path(job["to"], "submission")
    try:
        ignore = shutil.ignore_patterns(*IGNORED)
        shutil.copytree(job["from"], folder, symlinks=True, ignore=ignore)
    except Exception as error:  # of some files; the others have been copied
        line("note", f"not all of its files could be copied: {error!s:.{LONGEST}}")
    if job["sandbox"] != "none":
        _limit(job["to"], job["sandbox"])
    folder = folder / job["folder"]
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    sys.modules["methods3.check"] = methods3.check = _stand_in(line)
    shell = _shell()
    # Last, so that a student's json.py takes nobody's place.
    sys.path.append("")
    for number, source in enumerate(job["cells"], start=1):
        line("start", number)
        line("end", number, _run(shell, source, SHARE * (deadline - time.monotonic())))
    sys.stdout.flush()
    os._exit(0)  # threads that still run, and whoever would be asked at the exit


def _own_pipe():
    """Keep standard output for reports; return what writes a line of them."""
    pipe = os.dup(1)
    os.dup2(2, 1)

    def line(*parts):
        text = parts[0] if len(parts) == 1 else json.dumps(parts)
        rest = memoryview(text.encode() + b"\n")
        while rest:
            rest = rest[os.write(pipe, rest) :]

    return line


def _limit(place, kind):
    """Give up the superuser's rights, and limit what one process may use."""
    import resource  # not on Windows, where nothing is sandboxed by this module

    for name, most in LIMITS.items():
        if name == "NPROC" and kind != "bwrap":
            continue  # a container has a limit, and this one would count yours as well
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    if os.getuid() == 0:
        for path in (place, *Path(place).rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _stand_in(line):
    """Make the module that stands in for `methods3.check`."""
    said = "Writes down the answers of a graded notebook."
    module = ModuleType("methods3.check", said)

    def check(name, answer):
        line(record(name, answer))
        return Recorded(name)

    module.check, module.progress = check, lambda lecture="": None
    return module


def _shell():
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Do nothing: ``%matplotlib`` asks for it, and no window will open."""

        def ask_exit(self):
            """Do nothing: ``exit`` in one cell does not cost those below it."""

    shell = Shell.instance()
    shell.history_manager.enabled = False
    return shell


def _run(shell, source, seconds):
    """Run a cell, and return its error; nothing if it came to its end."""

    def interrupt(*_):
        raise Interrupted(f"{STOPPED} after {seconds:.0f} seconds")

    try:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, interrupt)
            signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
        result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as stopped:  # in the shell itself
        error = stopped
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
    if error is None:
        return ""
    if isinstance(error, Interrupted):
        return str(error)
    kind = type(error).__name__
    try:
        return f"{kind}: {error}"[:LONGEST]
    except Exception:  # of a student's own exception
        return kind


if __name__ == "__main__":
    main()
