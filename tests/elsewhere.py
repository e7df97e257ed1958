"""The archive of the course, unpacked elsewhere, where nbval runs its notebooks.

Their kernels find mlm in the archive's wheel, and neither the checkout nor a network.
"""

import math
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import dist
import nbformat
import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, nocolors
from notebooks import MARKER, ROOT, WHEEL, probe, read
from warm import Kernels

# Seconds that only a kernel which is stuck needs, on the busiest machine.
PATIENCE = 3600
# What its command line would say if nbval were a plugin here: see pyproject.toml.
OPTIONS = {"nbval_lax": False, "nbdime": False, "nbval_cell_timeout": PATIENCE}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# What every Python does first that finds mlm beside this file.
APART = """
import socket
import sys

sys.path[:] = [folder for folder in sys.path if folder != {checkout!r}]


def only_here(connect):
    def checked(self, address):
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("localhost", "127.0.0.1", "::1"):
            raise OSError(f"no network in this test: {{address}}")
        return connect(self, address)

    return checked


socket.socket.connect = only_here(socket.socket.connect)
socket.socket.connect_ex = only_here(socket.socket.connect_ex)
"""


class Elsewhere(NamedTuple):
    """Where the archive is unpacked, and the folder that its wheel is installed in."""

    archive: Path
    course: Path
    packages: Path


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory):
    """The archive of the course, packed, unpacked and installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    archive, course = folder / "course.zip", folder / dist.NAME
    dist.main(archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    _refuse_an_old_wheel(course / WHEEL)
    packages = folder / "packages"
    pip = "-m pip install --quiet --no-index --no-deps --disable-pip-version-check"
    command = [sys.executable, *pip.split(), "--target", packages, course / WHEEL]
    subprocess.run(command, check=True)
    text = APART.format(checkout=str(ROOT))
    packages.joinpath("sitecustomize.py").write_text(text, "utf-8")
    return Elsewhere(archive, course, packages)


def _refuse_an_old_wheel(path):
    """Refuse a wheel that holds another library than the checkout."""
    with zipfile.ZipFile(path) as wheel:
        held = {
            name: wheel.read(name)
            for name in wheel.namelist()
            if name.startswith(("mlm/", "methods3/"))
        }
    own = {
        file.relative_to(ROOT).as_posix(): file.read_bytes()
        for package in ("mlm", "methods3")
        for file in ROOT.joinpath(package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    del own["mlm/README.md"]  # its text is in the wheel's metadata
    other = [name for name in held | own if held.get(name) != own.get(name)]
    assert not other, f"the wheel is old, run `make book`: {other[:3]} differ"


@pytest.fixture(scope="session")
def kernels(elsewhere):
    """What starts kernels whose packages come before all others."""
    own = {"PYTHONPATH": str(elsewhere.packages), "LOKY_MAX_CPU_COUNT": "1"}
    running = Kernels(os.environ | own)
    yield running
    running.end()


@pytest.fixture
def faults(kernels, request):
    """Run a notebook elsewhere: a callable that returns what is wrong.

    It takes the notebook's path, and the folder where it runs: of one of the book, that
    of its plain copy, which has no markers left to compare.
    """
    vars(request.config.option).update(OPTIONS)

    def run(path, folder):
        notebook, found = Notebook.from_parent(request.session, path=path), []
        notebook.kernel = Kernel(kernels, folder)
        notebook.setup_sanitize_files()
        try:
            for cell in notebook.collect():
                try:
                    cell.runtest()
                except NbCellError as error:
                    found.append(cell.repr_failure(SimpleNamespace(value=error)))
        finally:
            notebook.teardown()
        return found

    return run


class Kernel(RunningKernel):
    """A kernel in a folder, as nbval wants it."""

    def __init__(self, kernels, folder):
        self.km = kernels.start(folder)
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=PATIENCE)
        self._ensure_iopub_up()


class Notebook(IPyNbFile):
    """A notebook for nbval; the numbers in its text are outputs that are stored too."""

    def get_sanitize_files(self):
        """Files that say which parts of an output do not count."""
        return [ROOT / "tests" / "nbval.cfg"]

    def collect(self):
        """Yield the cells to run, numbered as the reader of a notebook counts them."""
        for number, cell in enumerate(read(self.path).cells, start=1):
            if cell.cell_type == "code":
                yield self._item(number, cell)
            elif MARKER.search(cell.source):
                yield self._item(number, printing(cell.source))

    def _item(self, number, cell):
        raises = "raises-exception" in cell.metadata.get("tags", [])
        options = {"check": True, "check_exception": raises, "skip": False}
        name = f"cell {number}"
        item = Cell.from_parent(
            self, name=name, cell_num=number, cell=cell, options=options
        )
        item.output_timeout, item.colors = PATIENCE, nocolors
        return item


class Cell(IPyNbCell):
    """A cell; what a live figure is told need not agree in the last digits.

    They come from sums that each kind of processor adds in an order of its own.
    """

    def compare_outputs(self, test, ref, skip_compare=None):
        """Whether the new outputs are those stored."""
        if len(test) == len(ref):
            test = [self._nearly(*pair) for pair in zip(test, ref, strict=True)]
        return super().compare_outputs(test, ref, skip_compare)

    def _nearly(self, new, stored):
        """The stored output of a live figure, if the new one differs by rounding."""
        html, was = (o.get("data", {}).get("text/html", "") for o in (new, stored))
        live = 'class="mlm-live"' in was
        return stored if live and same(self.sanitize(html), self.sanitize(was)) else new


def same(text, other):
    """Whether two texts are the same, but for the last digits of their numbers."""
    pairs = zip(NUMBER.findall(text), NUMBER.findall(other), strict=False)
    return NUMBER.split(text) == NUMBER.split(other) and all(
        math.isclose(float(a), float(b), rel_tol=1e-7, abs_tol=1e-9) for a, b in pairs
    )


def printing(text):
    """The cell that prints the marked numbers of a text, with these as its output."""
    numbers = "".join(f"{marker[1]}\n" for marker in MARKER.finditer(text))
    output = nbformat.v4.new_output("stream", name="stdout", text=numbers)
    return nbformat.v4.new_code_cell(probe(text), outputs=[output], execution_count=1)
