"""A lock between processes: the operating system's, which ends with its holder.

A file marks what is locked.  That the file is there says nothing; that the system has
locked it does, and however a process ends, its locks end with it.
"""

import errno
import os
from contextlib import contextmanager, suppress

try:
    import fcntl
except ImportError:
    fcntl = None
try:
    import msvcrt
except ImportError:
    msvcrt = None

# Descriptors of the locked files of this process.
_held = set()


@contextmanager
def locked(path):
    """Hold the lock of a file while a block runs.

    Parameters
    ----------
    path : Path
        The file that marks the lock; made, and taken away at the end.

    Raises
    ------
    BlockingIOError
        Another process, or another thread, holds it.
    OSError
        The file cannot be made, or its file system has no locks.
    """
    file = _opened(path)
    try:
        yield
    finally:
        if file in _held:  # which it is not in a forked process
            _held.discard(file)
            _release(file, path)


def _opened(path):
    """Open and lock the file at the path, which its last holder may just remove."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(file)
            still_there = path.exists() and os.path.samestat(
                os.fstat(file), path.stat()
            )
        except BaseException:
            os.close(file)
            raise
        if still_there:
            _held.add(file)
            return file
        os.close(file)


def _forget():
    """Close a forked process's copies: the lock would live as long as they do."""
    while _held:
        os.close(_held.pop())


def _lock(file):
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    if msvcrt is None:  # neither POSIX nor Windows
        raise OSError(errno.ENOLCK, "no locks on this system")
    try:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    except PermissionError as error:
        raise BlockingIOError(*error.args) from error


def _release(file, path):
    """Take the file away: before it is closed, or (on Windows) as soon as it is."""
    if fcntl is not None:
        path.unlink(missing_ok=True)
        os.close(file)
        return
    os.close(file)
    with suppress(OSError):  # the next holder has opened it already
        path.unlink()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
