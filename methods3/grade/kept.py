"""Keep what notebooks did, so that a grading that was stopped goes on.

What is kept is what a notebook did, and not its marks: these are made anew each time.
It is found by what was handed in and by what ran it, all of it, and lies where no
student can put a file.
"""

import hashlib
import json
import os
import stat
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from methods3.grade.inside import STOPPED
from methods3.grade.runner import Run
from methods3.grade.submissions import IGNORED, LARGEST

FOLDER = Path("~", ".cache", "methods3-grade")
DAYS = 60  # after which what nobody has asked for is deleted


class Kept:
    """What notebooks did, in a folder.

    Parameters
    ----------
    folder : path, optional
        None keeps nothing.
    sandbox : Sandbox
        That they run in.
    """

    def __init__(self, folder, sandbox):
        self.folder = folder and Path(folder).expanduser()
        if self.folder:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._delete_old()
            self.ran_by = fingerprint(sandbox.library), sandbox.kind, sys.version

    def key(self, student, path):
        """Name for what a notebook did with all that its student handed in.

        Parameters
        ----------
        student : str
            `fingerprint` of what was handed in.
        path : str
            The notebook, below the student's folder.
        """
        if not self.folder:
            return None
        text = json.dumps([*self.ran_by, student, path])
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, key):
        """What is kept, or None; a file that is damaged is none."""
        with suppress(OSError, ValueError, TypeError, AttributeError):
            if key:
                path = self._path(key)
                run = Run(**json.loads(path.read_bytes()))
                run.errors = {int(cell): said for cell, said in run.errors.items()}
                os.utime(path)
                return run
        return None

    def put(self, key, run):
        """Keep what a notebook did; one that was stopped may do better another time."""
        stopped = any(said.startswith(STOPPED) for said in run.errors.values())
        if not key or run.ended or run.left_out or run.notes or stopped:
            return
        # The grading is worth more than what is kept of it.
        with suppress(OSError):
            new = self._path(key).with_suffix(".new")
            new.write_text(json.dumps(asdict(run)), "utf-8")
            os.replace(new, self._path(key))

    def _path(self, key):
        return self.folder / f"{key}.run.json"

    def _delete_old(self):
        for path in self.folder.glob("*.run.*"):  # also of who was killed
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > DAYS * 24 * 3600:
                    path.unlink()


def fingerprint(folder):
    """Hash of all files below a folder, and of their names.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    str
        Of a file too large to read: its size and its date instead.
    """
    found = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - set(IGNORED))
        for name in sorted([*folders, *files]):
            path = os.path.join(place, name)
            said = [os.path.relpath(path, folder), *_content(path)]
            found.update(json.dumps(said).encode() + b"\n")
    return found.hexdigest()


def _content(path):
    try:
        about = os.lstat(path)
        if stat.S_ISLNK(about.st_mode):
            return ["link", os.readlink(path)]
        if not stat.S_ISREG(about.st_mode):
            return ["no file", stat.S_IFMT(about.st_mode)]
        if about.st_size > LARGEST:
            return ["large", about.st_size, about.st_mtime_ns]
        return ["file", hashlib.sha256(Path(path).read_bytes()).hexdigest()]
    except OSError as error:
        return ["closed", error.errno]
