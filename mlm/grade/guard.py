"""What Python itself refuses in a kernel that is graded, and how much it may use.

The guard is an audit hook: it cannot be removed, works on every system, and answers in
words.  It is no wall: code in C passes it by.  The wall is `landlock`.
"""

import os
import sys

try:
    import resource
except ImportError:  # Windows
    resource = None

# Arguments of an event that are paths to something it changes.
CHANGED = {
    "os.remove": [0],
    "os.rmdir": [0],
    "os.mkdir": [0],
    "os.rename": [0, 1],
    "os.link": [0, 1],
    "os.symlink": [1],
    "os.truncate": [0],
    "os.chmod": [0],
    "os.chown": [0],
    "os.utime": [0],
    "sqlite3.connect": [0],
}
PROGRAMS = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.kill",
    "os.killpg",
}
NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}
HERE = {"localhost", "127.0.0.1", "::1"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
MEMORY, FILE = 4 * 2**30, 100 * 2**20  # bytes


def guard(own, hidden):
    """Refuse, from now on: to write elsewhere, read what is hidden, start or connect.

    Parameters
    ----------
    own : str
        Folder where everything is allowed.
    hidden : list of str
        Folders that are not to be read: the answers, the work of others.
    """
    own, hidden = _folder(own), tuple(map(_folder, hidden))

    def is_own(path):
        return _folder(path).startswith(own) or _real(path) == _real(os.devnull)

    def opened(path, mode, flags):
        if isinstance(path, int):
            return
        # An open folder would let later calls name files relative to it.
        writes = flags & WRITES or (mode is None and os.path.isdir(path))
        if not is_own(path) and (writes or _folder(path).startswith(hidden)):
            _refuse(f"{'write' if writes else 'read'} outside its folder: {path}")

    def hook(event, given):
        if event == "open":
            opened(*given)
        elif event in CHANGED:
            for path in (given[i] for i in CHANGED[event]):
                if not isinstance(path, int) and not is_own(path):
                    _refuse(f"change what is outside its folder: {path}")
        elif event in PROGRAMS:
            _refuse("start or stop programs")
        elif event in NETWORK:
            address = given[1] if event == "socket.connect" else given
            if not isinstance(address, tuple) or address[0] not in HERE:
                _refuse(f"use the network: {address}")

    sys.addaudithook(hook)


def limit(seconds):
    """Limit processor time, memory and the size of files, where the system can.

    Parameters
    ----------
    seconds : float
        Of all processors together.
    """
    if resource is None:
        return
    limits = {"CPU": int(seconds), "AS": MEMORY, "FSIZE": FILE, "CORE": 0}
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
        except (ValueError, OSError, AttributeError):
            continue  # macOS has names for limits that it does not set


def _real(path):
    return os.path.normcase(os.path.realpath(os.fsdecode(path)))


def _folder(path):
    """Real path with a separator behind it, so that /ab is not below /a."""
    return os.path.join(_real(path), "")


def _refuse(what):
    raise PermissionError(f"while it is graded, a notebook may not {what}")
