"""Kernels that start at once: forked from a Python that has imported most things.

What they import costs more than most notebooks do: mlm, the checker, live figures.
Their pictures are laid out, as ever, and not painted: nobody looks at them, as pixels
depend on the machine.  The weekly run paints them, and so does ``make notebooks``.
"""

import asyncio
import json
import subprocess
import sys

import psutil
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

# Reads a folder and arguments a line, and says the number of the kernel that has them.
# Kernels end when this process does, and it does when nobody is left who could ask.
# Matplotlib and pandas look whether they are in a notebook when they are imported.
FORKING = """
import json, os, signal, sys
del sys.path[0]
os.environ["JPY_PARENT_PID"] = str(os.getpid())
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
from IPython.core import pylabtools
from ipykernel import kernelapp
import matplotlib.pyplot, methods3.check, methods3.explore, mlm.plots, pandas
import scipy.optimize, scipy.stats
pandas.options.display.max_columns = 20

def lay_out(figure, *_, **__):
    if figure.axes or figure.lines:
        figure.draw_without_rendering()
        return ""

if not os.environ.get("WEEKLY"):
    pylabtools.print_figure = lay_out
for line in sys.stdin:
    folder, sys.argv[1:] = json.loads(line)
    if number := os.fork():
        print(number, flush=True)
        continue
    os.setsid()
    os.chdir(folder)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stream in 0, 1:
        os.dup2(2, stream)
    kernelapp.launch_new_instance()
    break
"""


class Kernels:
    """Starts kernels in an environment; where processes cannot fork, as always."""

    def __init__(self, env):
        self.env, self.warm = env, None
        if sys.platform == "linux":
            self.warm = subprocess.Popen(
                [sys.executable, "-c", FORKING],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )

    def start(self, folder):
        """Start one in a folder; returns its manager."""
        manager = KernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME,
            kernel_spec_manager=NbvalKernelspecManager(),
        )
        if self.warm:
            options = {"kernel_spec": manager.kernel_spec, "parent": manager}
            manager.provisioner = Forked(**options)
            manager.provisioner.warm = self.warm
        manager.start_kernel(cwd=str(folder), env=self.env, stderr=subprocess.DEVNULL)
        return manager

    def end(self):
        if self.warm:
            self.warm.communicate()


class Forked(LocalProvisioner):
    """The process of a kernel that is not a child of this one."""

    async def launch_kernel(self, cmd, cwd, **_):
        """Have it forked; what follows ``python -m module`` it is told."""
        self.warm.stdin.write(json.dumps([cwd, cmd[cmd.index("-f") :]]) + "\n")
        self.warm.stdin.flush()
        self.pid = self.pgid = int(self.warm.stdout.readline())
        self.process = psutil.Process(self.pid)
        return self.connection_info

    async def poll(self):
        return None if self.process and self.process.is_running() else 0

    async def wait(self):
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        self.process = None
