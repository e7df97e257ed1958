"""Sandboxes that others keep, and how a notebook is put into one.

Bubblewrap where it is installed (Linux), else Docker or Podman with an image of ours.
Either way a notebook sees the interpreter, the packages, the course without its
answers, and a copy of what its student handed in: no network, no other file, no
environment.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import uuid
from dataclasses import dataclass
from pathlib import Path

import methods3
import mlm
from methods3.grade.places import temporary_folder
from mlm.ground.errors import MlmError

PACKAGES = [Path(package.__file__).resolve().parent for package in (methods3, mlm)]
IMAGE, IMAGES_PYTHON = "mlm-grade", "/usr/local/bin/python"
DOCKERFILE = Path(__file__).with_name("image") / "Dockerfile"
HANDED_IN, PLACE, COURSE = "/graded/handed_in", "/graded/place", "/graded/course"
# Bytes that processes may use together, and those that each of two places holds.
MEMORY, DISK = 4 * 2**30, 256 * 2**20
PROCESSES = 100
NOBODY = "65534:65534"
INSIDE = ["-P", "-s", "-m", "methods3.grade.inside"]
SHARED = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/usr/share/zoneinfo")
NEEDED = """\
Notebooks are graded in a sandbox only, and there is none here that works.
{found}
What to do:
- Linux: install bubblewrap 0.8 or newer ({apt}; Fedora: sudo dnf install bubblewrap).
  Where Ubuntu refuses it ("setting up uid map: Permission denied", "loopback"):
  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
- macOS, Windows, Linux: install Docker or Podman, start it, and make the image once:
  docker build -t {image} {folder!r}
- Or give --trust, if you know what is in the notebooks: they then run as you do, and
  can read, change and send whatever you can."""


class NoSandboxError(MlmError):
    """There is no sandbox on this computer that works."""


@dataclass(frozen=True)
class Sandbox:
    """A way to run notebooks.

    Parameters
    ----------
    kind : str
        ``"bwrap"``, ``"docker"``, ``"podman"`` or ``"none"``.
    program : str
        Its file, or that of the interpreter.
    library : Path
        Folder that holds the course without its answers, as `without_answers` makes it.
    """

    kind: str
    program: str
    library: Path

    def command(self, student, name):
        """Command line that runs what stands in `inside`.

        Parameters
        ----------
        student : Path
            Folder with what was handed in.
        name : str
            That a container gets.

        Returns
        -------
        list of str
        """
        if self.kind == "bwrap":
            return [self.program, *_bubblewrap(student, self.library), *INSIDE]
        if self.kind == "none":
            return [self.program, *INSIDE]
        options = _container(self.kind, student, self.library, name)
        return [self.program, *options, self.python, *INSIDE]

    @property
    def python(self):
        """Path of the interpreter, as a notebook in there sees it."""
        return IMAGES_PYTHON if self.kind in ("docker", "podman") else sys.executable

    def environment(self, place=None):
        """Environment of that command: none of yours where it is sandboxed."""
        if self.kind == "none":
            kept = ("PATH", "SYSTEMROOT", "COMSPEC", "WINDIR", "LANG")
            paths = os.pathsep.join([str(self.library), *_packages()])
            own = _variables(str(place), paths) | {"USERPROFILE": str(place)}
            return {key: os.environ[key] for key in kept if key in os.environ} | own
        # An engine needs to know where its service answers.
        return {} if self.kind == "bwrap" else dict(os.environ)

    def remove(self, name):
        """Stop a container, which outlives the command that started it."""
        if self.kind in ("docker", "podman"):
            command = [self.program, "rm", "--force", name]
            subprocess.run(command, capture_output=True, timeout=60, check=False)

    def __str__(self):
        if self.kind == "none":
            return "nothing (--trust): notebooks could read, change and send anything"
        return {"bwrap": "bubblewrap"}.get(self.kind, self.kind.capitalize())


def trusted(library):
    """No sandbox at all."""
    return Sandbox("none", sys.executable, library)


def without_answers(folder):
    """Copy `mlm` and `methods3`, without its `check`, for everybody to read."""
    ignore = shutil.ignore_patterns("check")
    for package in PACKAGES:
        shutil.copytree(package, folder / package.name, ignore=ignore)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def find(library):
    """Find a sandbox that works on this computer.

    Parameters
    ----------
    library : Path
        As `without_answers` makes it.

    Returns
    -------
    Sandbox

    Raises
    ------
    NoSandboxError
        If there is none; says what was tried, and what to install.
    """
    found = []
    for kind in ("bwrap", "docker", "podman"):
        program = shutil.which(kind)
        if program is None or (kind == "bwrap" and sys.platform != "linux"):
            found.append(f"- {kind}: not installed")
            continue
        sandbox = Sandbox(kind, program, library)
        problem = _problem(sandbox)
        if not problem:
            return sandbox
        found.append(f"- {kind}: does not work: {problem}")
    apt = "Debian, Ubuntu: sudo apt install bubblewrap"
    folder = str(DOCKERFILE.parent)
    said = NEEDED.format(found="\n".join(found), apt=apt, image=IMAGE, folder=folder)
    raise NoSandboxError(said)


def job(cells, source, place, folder, seconds, kind):
    """What `inside` is told: the cells, where files are and go, and the time."""
    return {
        "cells": cells,
        "from": source,
        "to": place,
        "folder": folder,
        "seconds": seconds,
        "sandbox": kind,
    }


def _problem(sandbox):
    """Why a sandbox does not work; nothing if it does."""
    name = new_name()
    with temporary_folder() as empty:
        nothing = job([], HANDED_IN, PLACE, "", 60, sandbox.kind)
        try:
            done = subprocess.run(
                sandbox.command(Path(empty), name),
                env=sandbox.environment(),
                input=json.dumps(nothing).encode(),
                capture_output=True,
                timeout=120,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            sandbox.remove(name)
            return str(error)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return (lines or ["it says nothing"])[-1][:300] if done.returncode else ""


def new_name():
    """Name for a container that no other has."""
    return f"{IMAGE}-{uuid.uuid4().hex[:12]}"


def _variables(place, paths):
    """What a notebook has as its environment."""
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    homes = dict.fromkeys(["HOME", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR"], place)
    own = {"PYTHONPATH": paths, "MPLCONFIGDIR": place, "MPLBACKEND": "agg"}
    return threads | homes | own | {"LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def _interpreter():
    """The interpreter itself, not the link to it in an environment."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = Path(sys.base_prefix, "bin", version)
    return (own if own.exists() else Path(sys.executable)).resolve()


def _packages():
    """Folders in which packages are installed."""
    names = ("site-packages", "dist-packages")
    return [p for p in sys.path if Path(p).name in names and Path(p).is_dir()]


def _bubblewrap(student, library):
    """Options of bwrap, and the interpreter that it runs."""
    base, standard = str(Path(sys.base_prefix, "lib")), sysconfig.get_path("stdlib")
    bound = [*SHARED, base, standard, *_packages()]
    interpreter, environment = _interpreter(), str(Path(sys.prefix, "pyvenv.cfg"))
    places = [str(interpreter), *bound, *SETTINGS, environment]
    options = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    if os.getuid() != 0:  # the superuser becomes somebody else inside
        options += ["--unshare-user", "--disable-userns"]
    options += ["--proc", "/proc", "--dev", "/dev"]
    # Before what is bound: packages may lie below /tmp.
    for path in (PLACE, "/dev/shm", "/tmp"):
        options += ["--perms", "1777", "--size", str(DISK), "--tmpfs", path]
    # Folders on the way, which bwrap would make for the superuser alone.
    visible = [*places, sys.executable]
    parents = dict.fromkeys(q for p in visible for q in reversed(Path(p).parents))
    for path in list(parents)[1:]:
        options += ["--perms", "0755", "--dir", str(path)]
    for path in dict.fromkeys(places):
        options += ["--ro-bind-try", path, path]
    if str(interpreter) != sys.executable:
        options += ["--symlink", str(interpreter), sys.executable]
    for path in _other_libraries(bound):
        options += ["--tmpfs", path, "--remount-ro", path]
    options += ["--ro-bind", str(library), COURSE]
    options += ["--ro-bind", str(student), HANDED_IN]
    # The folders that bwrap has made are in memory, without a limit.
    options += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", PLACE]
    options += ["--clearenv"]
    paths = os.pathsep.join([COURSE, *_packages()])
    for key, value in _variables(PLACE, paths).items():
        options += ["--setenv", key, value]
    return [*options, sys.executable]


def _other_libraries(bound):
    """Copies of our packages among others: the answers are in them."""
    names = [package.name for package in PACKAGES]
    patterns = [*names, *(f"python*/*-packages/{name}" for name in names)]
    folders = {
        str(path) for place in bound for p in patterns for path in Path(place).glob(p)
    }
    return sorted(folders)


def _container(kind, student, library, name):
    """Options of Docker or Podman, and the image that it runs."""
    user = f"{os.getuid()}:{os.getgid()}" if getattr(os, "getuid", int)() else NOBODY
    options = ["run", "--rm", "--interactive", "--name", name, "--pull", "never"]
    options += ["--network", "none", "--ipc", "private", "--read-only"]
    options += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    options += ["--user", user, "--log-driver", "none", "--workdir", PLACE]
    options += ["--userns", "keep-id"] if kind == "podman" else []
    options += ["--memory", str(MEMORY), "--memory-swap", str(MEMORY)]
    options += ["--pids-limit", str(PROCESSES), "--shm-size", str(DISK)]
    for path in (PLACE, "/tmp"):
        options += ["--tmpfs", f"{path}:rw,nosuid,nodev,size={DISK},mode=1777"]
    for source, target in ((library, COURSE), (student, HANDED_IN)):
        quoted = str(source).replace('"', '""')  # it may hold a comma
        options += ["--mount", f'type=bind,"src={quoted}",dst={target},readonly']
    for key, value in _variables(PLACE, COURSE).items():
        options += ["--env", f"{key}={value}"]
    return [*options, IMAGE]
