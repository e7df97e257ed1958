"""Find the notebooks that students have handed in, and read them as they are."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

IGNORED = (".git", ".ipynb_checkpoints", ".venv", "__pycache__", "node_modules")
LARGEST = 50 * 2**20  # bytes


@dataclass
class Notebook:
    """A notebook that was handed in.

    Parameters
    ----------
    path : Path
    cells : list of str
        Sources of its code cells.
    problem : str
        Why there are none; nothing if it could be read.
    """

    path: Path
    cells: list = field(default_factory=list)
    problem: str = ""


def students(folder):
    """Folders to grade, one a student.

    Parameters
    ----------
    folder : Path
        With notebooks, or folders ``week…``, it is the work of one; else of one in
        each folder.

    Returns
    -------
    list of Path
    """
    below = sorted(path for path in folder.iterdir() if not _ignored(path, folder))
    if any(p.suffix == ".ipynb" or p.name.startswith("week") for p in below):
        return [folder]
    return [path for path in below if path.is_dir() and not path.is_symlink()]


def notebooks(folder):
    """Read every notebook below a folder, those nearest to it first.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Notebook
    """
    paths = (path for path in folder.rglob("*.ipynb") if not _ignored(path, folder))
    return [read(p) for p in sorted(paths, key=lambda p: (len(p.parts), p))]


def read(path):
    """Read the code cells of a notebook, however broken it is.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Notebook
    """
    try:
        if path.is_symlink() or not path.is_file():
            return Notebook(path, problem="it is not a file, or a link to another")
        if path.stat().st_size > LARGEST:
            return Notebook(path, problem="it is too large: clear its outputs")
        found = json.loads(path.read_text("utf-8"))
        sources = [c["source"] for c in found["cells"] if c["cell_type"] == "code"]
        return Notebook(path, ["".join(source) for source in sources])
    except OSError as error:
        return Notebook(path, problem=f"it cannot be opened: {error}")
    except ValueError as error:
        return Notebook(path, problem=f"it is damaged, perhaps cut off: {error}")
    except (KeyError, TypeError, RecursionError):
        return Notebook(path, problem="it is no notebook of today's format (4)")


def cells_of(notebook, name):
    """Numbers of the cells that ask ``check`` about a question, from 1.

    Parameters
    ----------
    notebook : Notebook
    name : str

    Returns
    -------
    list of int
    """
    asked = re.compile(rf"check\(\s*['\"]{re.escape(name)}['\"]")
    return [i for i, cell in enumerate(notebook.cells, start=1) if asked.search(cell)]


def fingerprint(*folders):
    """What the files below some folders hold.

    Parameters
    ----------
    *folders : Path

    Returns
    -------
    dict
        Path: digest of its content, or where a link leads.
    """
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink():
                found[path] = str(path.readlink())
            elif path.is_file() and not _ignored(path, folder):
                found[path] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _ignored(path, folder):
    return not set(IGNORED).isdisjoint(path.relative_to(folder).parts)
