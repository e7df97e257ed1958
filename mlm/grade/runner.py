"""Run the cells of one notebook in a kernel of its own, and see what becomes of it."""

import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL

import psutil
import zmq
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from matplotlib import get_cachedir

from mlm.grade import answers

# What a kernel needs of the environment; passwords and tokens are not among it.
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "COMSPEC", "WINDIR")
START = 60  # seconds in which a kernel must start
COURSE = Path(answers.__file__).resolve().parents[2]


@dataclass
class Run:
    """What became of a notebook.

    Parameters
    ----------
    given : dict
        Name of each question that was answered: its packed answers, in order.
    errors : dict
        Number of each cell that stopped: its error, in a line.
    ran : int
        How many cells ran, to their end or to an error.
    ended : str
        Why no more cells ran; nothing if all did.
    printed : int
        Bytes of output.
    """

    given: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    ran: int = 0
    ended: str = ""
    printed: int = 0


def run(cells, workplace, folder, hidden, seconds):
    """Run cells in a new kernel, also those behind one that stops with an error.

    Parameters
    ----------
    cells : list of str
        Sources of code cells.
    workplace : Path
        Temporary folder of this notebook alone, which may be written.
    folder : Path
        Below it, where the notebook stands.
    hidden : list of Path
        What it may not read.
    seconds : float
        How long the cells may take together.

    Returns
    -------
    Run
    """
    result, file, own = Run(), workplace / "answers", str(workplace)
    for name in ("home", "temporary", "kernels/graded"):
        workplace.joinpath(name).mkdir(parents=True)
    given = {"own": own, "answers": str(file), "hidden": list(map(str, hidden))}
    manager = _manager(workplace, given | {"seconds": 2 * seconds + START})
    silent = dict.fromkeys(["stdout", "stderr"], DEVNULL)
    manager.start_kernel(cwd=str(folder), env=_environment(workplace), **silent)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=START)
        _run_cells(cells, manager, client, time.monotonic() + seconds, result)
    except Exception as error:  # it says what no kernel says, or nothing at all
        result.ended = f"the kernel failed: {error}"
    finally:
        client.stop_channels()
        _kill(manager)
    result.given = answers.read(file)
    return result


def _manager(workplace, given):
    """Manager of a kernel that is not among those that Jupyter knows."""
    command = [sys.executable, "-P", "-m", "mlm.grade.kernel", json.dumps(given)]
    command += ["--HistoryManager.enabled=False", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "graded", "language": "python"}
    file = workplace / "kernels" / "graded" / "kernel.json"
    file.write_text(json.dumps(spec), "utf-8")
    return KernelManager(
        kernel_name="graded",
        kernel_spec_manager=KernelSpecManager(
            kernel_dirs=[str(workplace / "kernels")], ensure_native_kernel=False
        ),
        connection_file=str(workplace / "connection.json"),
    )


def _environment(workplace):
    """Environment of a kernel: a home and a cache of its own, and this very library."""
    home = workplace / "home"
    fonts = home / "matplotlib"
    fonts.mkdir()
    # Without these, each kernel would look for fonts again.
    for file in Path(get_cachedir()).glob("fontlist*.json"):
        shutil.copy(file, fonts)
    places = dict.fromkeys(["HOME", "USERPROFILE", "IPYTHONDIR", "APPDATA"], home)
    places |= dict.fromkeys(["TMPDIR", "TEMP", "TMP"], workplace / "temporary")
    places |= {"JUPYTER_RUNTIME_DIR": home, "MPLCONFIGDIR": fonts}
    # The first is the folder of this program, or where it was called.
    paths = [COURSE, *filter(os.path.isabs, sys.path[1:])]
    places["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | threads | {name: str(place) for name, place in places.items()}


def _run_cells(cells, manager, client, deadline, result):
    for number, source in enumerate(cells, start=1):
        asked = client.execute(source, allow_stdin=False, stop_on_error=False)
        reply = _reply(manager, client, asked, deadline, result)
        if isinstance(reply, str):
            result.ended = f"{reply} in cell {number}"
            return
        result.ran = number
        if reply["status"] == "error":
            result.errors[number] = f"{reply['ename']}: {reply['evalue']}"
    while client.iopub_channel.socket.poll(200):
        _count(client, result)


def _reply(manager, client, asked, deadline, result):
    """What the kernel says to a cell, or in words why it says nothing."""
    shell, output = client.shell_channel.socket, client.iopub_channel.socket
    poller = zmq.Poller()
    poller.register(shell, zmq.POLLIN)
    poller.register(output, zmq.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        ready = dict(poller.poll(1000 * min(left, 0.5)))
        if output in ready:
            _count(client, result)
        if shell in ready:
            message = client.get_shell_msg(timeout=1)
            if message["parent_header"].get("msg_id") == asked:
                return message["content"]
        if not ready and not manager.is_alive():
            return "the kernel died"
    return "time ran out"


def _count(client, result):
    """Count what was printed, and forget it: nothing of it is kept."""
    result.printed += sum(map(len, client.iopub_channel.socket.recv_multipart()))


def _kill(manager):
    """Stop a kernel and all that it has started."""
    try:
        started = psutil.Process(manager.provisioner.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        started = []
    manager.shutdown_kernel(now=True)
    for process in started:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
