"""Read notebooks and judge answers in a process of its own, with limits.

It runs no code of a student, but it holds what students made: a file or an answer may
be made to cost hours, or all the memory there is.
"""

import hashlib
import importlib
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from methods3.grade.submissions import Notebook, read

SECONDS, MEMORY = 60, 4 * 2**30  # of one task; memory where the system has such limits


class OverrunError(Exception):
    """A task took too long, or too much memory."""


class Helper:
    """Does one task after the other, and is started anew when one was too much.

    Parameters
    ----------
    questions : str
        Module with ``QUESTIONS``: name of each question, the Question.
    python : str
        Path of the interpreter as notebooks see it: one question asks for it.
    """

    def __init__(self, questions, python=sys.executable):
        self.questions, self.python, self.process = questions, python, None
        self.judged = {}  # many students give the same answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stop()

    def read(self, path):
        """Read a notebook, as `submissions.read` does."""
        try:
            found = self._ask("read", str(path))
        except OverrunError as error:
            return Notebook(path, problem=f"it cannot be read {error}")
        return Notebook(**found | {"path": path})

    def judge(self, question, packed):
        """Say what is wrong with an answer; nothing if it is right."""
        same = question, hashlib.sha256(packed.encode()).digest()
        try:
            if same not in self.judged:
                self.judged[same] = self._ask("judge", question, packed)
            return self.judged[same]
        except OverrunError as error:
            return f"the answer cannot be judged {error}"

    def _ask(self, *task):
        if self.process is None:
            self._start()
        try:
            self.process.stdin.write(json.dumps(task).encode() + b"\n")
            self.process.stdin.flush()
            line = self.lines.get(timeout=SECONDS)
        except (OSError, queue.Empty):
            line = b""
        if not line:
            self._stop()
            raise OverrunError(f"within {SECONDS} seconds and {MEMORY // 2**30} GB")
        return json.loads(line)

    def _start(self):
        paths = os.pathsep.join(path for path in sys.path if path)
        threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "methods3.grade.helper",
                self.questions,
                self.python,
            ],
            env=os.environ | threads | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the grader
        )
        self.lines = queue.Queue()
        both = self.process.stdout, self.lines
        threading.Thread(target=_forward, args=both, daemon=True).start()

    def _stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process = None


def _forward(pipe, lines):
    with pipe:
        for line in pipe:
            lines.put(line)
    lines.put(b"")


def main(module, python):
    """Do the tasks that come in, a line each, and answer each with a line."""
    _limit()
    sys.executable = python
    # Reports go where nothing else is printed.
    reports = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        kind, *given = json.loads(line)
        done = asdict(read(Path(*given))) if kind == "read" else _judged(module, *given)
        reports.write(json.dumps(done, default=str).encode() + b"\n")
        reports.flush()


def _judged(module, question, packed):
    # Not before they are needed: to read a notebook is quick.
    from methods3.check.diagnose import diagnosis
    from methods3.grade.answers import unpack

    questions = importlib.import_module(module).QUESTIONS
    try:
        return diagnosis(questions[question], unpack(packed))
    except Exception as error:  # whatever a student sends must not end the grading
        return f"{error}"[:200] or "the answer cannot be judged"


def _limit():
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return  # Windows; macOS has a name for a limit that it does not set


if __name__ == "__main__":
    main(*sys.argv[1:])
