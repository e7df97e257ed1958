"""Walls that Linux puts around a process, and all it starts, for good: Landlock.

https://docs.kernel.org/userspace-api/landlock.html.  Needs no rights, and no tools;
where there is none of it (Windows, macOS, Linux before 5.13) nothing happens.
"""

import ctypes
import os
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # on every processor
NO_NEW_PRIVILEGES = 38
EXECUTE, WRITE = 1 << 0, 1 << 1
# To remove and to make files and folders of all kinds, to move, to shorten.
CHANGE = sum(1 << bit for bit in range(4, 13))
REFER, TRUNCATE = 1 << 13, 1 << 14
CONNECT = 1 << 1
SCOPES = (1 << 0) | (1 << 1)  # abstract sockets, signals


def version():
    """Which Landlock this computer has; 0 if none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(CREATE_RULESET, None, ctypes.c_size_t(0), 1))


def confine(*places):
    """From now on this process writes only below some places, and starts no program.

    Nor does it connect to another computer (from version 4), or signal a process
    outside (from version 6).  Call it before there are threads.

    Parameters
    ----------
    *places : path
        Folders or files.

    Raises
    ------
    OSError
        If there is Landlock, but it does not do it.
    """
    known = version()
    if not known:
        return
    files = EXECUTE | WRITE | CHANGE
    files |= (REFER if known >= 2 else 0) | (TRUNCATE if known >= 3 else 0)
    # Older versions know a shorter structure.
    numbers = [files, CONNECT, SCOPES][: 1 + (known >= 4) + (known >= 6)]
    rules = struct.pack(f"={len(numbers)}Q", *numbers)
    ruleset = _need(CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    for place in places:
        allowed = files if os.path.isdir(place) else files & (WRITE | TRUNCATE)
        folder = os.open(place, os.O_PATH)
        _need(ADD_RULE, ruleset, 1, struct.pack("=Qi", allowed & ~EXECUTE, folder), 0)
        os.close(folder)
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _need(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _call(number, *arguments):
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    return call(ctypes.c_long(number), *arguments)


def _need(number, *arguments):
    result = _call(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock does not confine this process")
    return result
