"""Run the cells of one notebook in a sandbox, and see what becomes of it.

The limits here hold from outside, whatever the notebook does: of time, of memory and
processes together, and of what it prints.
"""

import json
import os
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from methods3.grade import sandbox
from methods3.grade.answers import LONGEST
from methods3.grade.places import temporary_folder

START = 300  # seconds in which it must start, on the busiest machine too
MOST = 10 * LONGEST  # bytes of reports
PRINTED = 200 * 2**20  # bytes of output
EVERY = 0.1  # seconds between two looks
# A cell is interrupted after `inside.SHARE` of the time left, and killed after this.
SHARE = 0.6
LEFT_OUT = 5  # cells without which the others are tried again
DIED, STUBBORN = "the kernel died", "it would not be interrupted"
STOPPED, FULL = "the grader was stopped", "memory ran out"


@dataclass
class Run:
    """What became of a notebook.

    Parameters
    ----------
    given : dict
        Name of each question that was answered: its packed answers, in order.
    errors : dict
        Number of each cell that stopped: its error, in a line.
    left_out : list of int
        Numbers of those among them that ended all, and so had to be left out.
    ran : int
        How many cells ran, to their end or to an error.
    ended : str
        Why no more cells ran; nothing if all did.
    notes : list of str
    printed : int
        Bytes of output.
    """

    given: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    left_out: list = field(default_factory=list)
    ran: int = 0
    ended: str = ""
    notes: list = field(default_factory=list)
    printed: int = 0


class _Pipe(threading.Thread):
    """Reads a pipe to its end, so that nobody waits, and keeps the beginning."""

    def __init__(self, pipe, most):
        super().__init__(daemon=True)
        self.pipe, self.most = pipe, most
        self.kept, self.count, self.began = bytearray(), 0, None
        self.start()

    def run(self):
        with self.pipe as pipe:
            while chunk := os.read(pipe.fileno(), 2**16):
                self.began = self.began or time.monotonic()
                self.kept += chunk[: self.most - len(self.kept)]
                self.count += len(chunk)


def run(cells, student, folder, seconds, box, stopped=None):
    """Run cells in a new process, also those behind one that stops with an error.

    A cell with which the process dies, or that cannot be interrupted, is left out, and
    the others run anew in the time that remains.

    Parameters
    ----------
    cells : list of str
        Sources of code cells.
    student : Path
        What was handed in; it is copied.
    folder : str
        Where the notebook stands below it.
    seconds : float
        How long the cells may take together.
    box : Sandbox
    stopped : threading.Event, optional
        Is set by whoever does not wait any longer: then it ends.

    Returns
    -------
    Run
    """
    errors, cells, printed = {}, list(cells), 0
    while True:
        result, took = _once(cells, student, folder, seconds, box, stopped)
        seconds, printed = seconds - took, printed + result.printed
        last = result.ran + 1
        again = result.ended in (DIED, STUBBORN) and last not in errors
        if not again or seconds <= 0 or len(errors) == LEFT_OUT:
            break
        errors[last], cells[last - 1] = result.ended, ""
    if result.ended and took:
        result.ended += f" in cell {last}"
    result.errors |= errors
    result.left_out, result.printed = sorted(errors), printed
    return result


def _once(cells, student, folder, seconds, box, stopped):
    """Run the cells once, and say how many seconds they took: 0 if none began."""
    name = sandbox.new_name()
    with temporary_folder() as place:
        places = sandbox.HANDED_IN, sandbox.PLACE
        if box.kind == "none":
            places = str(student), place
        job = sandbox.job(cells, *places, folder, seconds, box.kind)
        process = subprocess.Popen(
            box.command(student, name),
            env=box.environment(place),
            cwd=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            reports, output = _Pipe(process.stdout, MOST), _Pipe(process.stderr, 2000)
            _give(process, job)
            ended = _watch(process, seconds, reports, output, stopped)
        finally:
            _kill(process)
            box.remove(name)
        # Only without a sandbox may somebody still hold the other end.
        for pipe in (reports, output):
            pipe.join(timeout=5)
    result = _read(bytes(reports.kept), len(cells))
    result.printed = output.count
    if result.ran < len(cells):
        result.ended = ended if reports.began else _unstarted(ended, output)
    return result, time.monotonic() - reports.began if reports.began else 0.0


def _give(process, job):
    def write():
        try:
            with process.stdin as pipe:
                pipe.write(json.dumps(job).encode() + b"\n")
        except OSError:
            return  # it has ended before

    threading.Thread(target=write, daemon=True).start()


def _watch(process, seconds, reports, output, stopped):
    """Wait for the end, and say in words why it came before the last cell's."""
    shared, cell = _shared(), b""
    limit = deadline = time.monotonic() + START
    while (now := time.monotonic()) < min(limit, deadline):
        with suppress(subprocess.TimeoutExpired):
            process.wait(EVERY)
            return DIED
        if stopped is not None and stopped.is_set():
            return STOPPED
        if reports.began:
            limit = reports.began + seconds
        if (latest := _latest(reports.kept)) != cell:
            cell, deadline = latest, now + SHARE * (limit - now)
        if output.count > PRINTED or reports.count > MOST:
            return f"it printed more than {PRINTED // 2**20} MB"
        if said := _excess(process.pid, shared):
            return said
    return "time ran out" if now >= limit else STUBBORN


def _latest(reports):
    """What was said last of a cell that starts."""
    found = reports.rfind(b'["start"')
    return bytes(reports[found : found + 30]) if found >= 0 else b""


def _excess(pid, shared):
    """What is too much of what the sandbox's processes use; nothing if nothing is."""
    # Memory that no process shows as its own: files in memory.
    memory = _shared() - shared
    below = _started(pid)
    for process in below:
        with suppress(psutil.Error):
            used = process.memory_info()
            memory += used.rss - getattr(used, "shared", 0)
    if memory > sandbox.MEMORY:
        return FULL
    return "it started too many processes" if len(below) > sandbox.PROCESSES else ""


def _shared():
    """Bytes of shared memory and of files in memory; 0 where nobody says so."""
    return getattr(psutil.virtual_memory(), "shared", 0)


def _started(pid):
    with suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def _kill(process):
    """End a process; in a sandbox, all that it has started ends with it."""
    started = _started(process.pid)
    process.kill()
    for each in started:
        with suppress(psutil.Error):
            each.kill()
    process.wait()


def _unstarted(ended, output):
    said = bytes(output.kept).decode(errors="replace").strip().splitlines()
    return f"the notebook did not start: {(said or [ended])[-1]}"


def _read(text, cells):
    """What was reported; lines that nobody understands are passed over."""
    result = Run()
    for line in text.split(b"\n"):
        try:
            kind, *rest = json.loads(line)
            if kind == "answer":
                name, packed = map(str, rest)
                result.given.setdefault(name, []).append(packed)
            elif kind == "end":
                number, error = rest
                if number != result.ran + 1 or number > cells:
                    continue
                result.ran = number
                if error:
                    result.errors[number] = str(error)
            elif kind == "note":
                result.notes.append(str(rest[0]))
        except (ValueError, TypeError, IndexError, RecursionError):
            continue
    return result
