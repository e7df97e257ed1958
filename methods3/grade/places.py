"""Folders that a grading needs while it runs, also those that one left that was killed.

Whoever is killed deletes nothing.  So each folder is named after its process, and the
next grading deletes those whose process is gone.
"""

import os
import platform
import re
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import psutil

# With the computer's name: a container may share the folder, and has other processes.
START = f"mlm-grade-{platform.node()}-"
NAMED = re.compile(rf"{re.escape(START)}(?P<process>\d+)-\w+")


def temporary_folder():
    """Make a folder for one ``with`` block: TemporaryDirectory.

    A file that cannot be deleted, as somebody has it open, must not end the grading.
    """
    start = f"{START}{os.getpid()}-"
    return TemporaryDirectory(prefix=start, ignore_cleanup_errors=True)


def delete_left():
    """Delete folders of this user whose process is gone."""
    user = getattr(os, "getuid", int)()  # on Windows, users and files have 0
    # The grading is worth more than the room that they take.
    with suppress(OSError):
        for path in Path(gettempdir()).iterdir():
            found = NAMED.fullmatch(path.name)
            if not found or psutil.pid_exists(int(found["process"])):
                continue
            if path.lstat().st_uid == user:  # rmtree itself refuses a link
                shutil.rmtree(path, ignore_errors=True)
