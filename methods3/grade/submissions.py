"""Find the notebooks that students have handed in, and tell which exercise each is.

What is in a notebook says which exercise it is, not its name: browsers, file managers
and students rename.  Its file is read by `helper`, in a process with limits.
"""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

IGNORED = (".git", ".ipynb_checkpoints", ".venv", "__pycache__", "node_modules")
LARGEST, CODE = 50 * 2**20, 2**20  # bytes of a file, characters of its code
MANY = 100  # notebooks of one student
FEW = 3  # names of other files that are told
FOLDERS = ("week", "assignment")  # how folders of exercises begin
NAMED = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)
ASKED = re.compile(r"check\(\s*(?:name\s*=\s*)?['\"]([^'\"]{1,20})['\"]")
UNTRIED = "raise NotImplementedError("


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
    asked : dict
        Name of each question that ``check`` is asked about: numbers of the cells that
        ask, from 1.
    """

    path: Path
    cells: list = field(default_factory=list)
    problem: str = ""
    asked: dict = field(default_factory=dict)


def students(folder):
    """Folders to grade, one a student.

    Parameters
    ----------
    folder : Path
        With notebooks, or folders ``week…`` or ``assignment…``, it is the work of one;
        else of one in each folder.

    Returns
    -------
    list of Path
    """
    below = sorted(path for path in folder.iterdir() if path.name not in IGNORED)
    if any(NAMED.search(p.name) or p.name.startswith(FOLDERS) for p in below):
        return [folder]
    return [path for path in below if path.is_symlink() or path.is_dir()]


def find(folder):
    """Find every notebook below a folder, those nearest to it first.

    Parameters
    ----------
    folder : Path
        Links are not followed.

    Returns
    -------
    paths : list of Path
    problems : list of str
        What could not be looked into, and what is there instead of notebooks.
    """
    if folder.is_symlink():
        return [], ["the folder is a link to another"]
    paths, others, problems = [], [], []
    for place, folders, files in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(set(folders) - set(IGNORED))
        paths += [Path(place, n) for n in [*folders, *files] if NAMED.search(n)]
        others += files
    paths.sort(key=lambda path: (len(path.parts), path))
    said = [
        f"{error.filename} cannot be opened: {error.strerror}" for error in problems
    ]
    if others and not paths:
        more = [f"{len(others) - FEW} more"] if others[FEW:] else []
        named = ", ".join(sorted(others)[:FEW] + more)
        said.append(f"there is no notebook (.ipynb), only {named}")
    if paths[MANY:]:
        said.append(f"{len(paths)} notebooks: those after the first {MANY} not read")
    return paths[:MANY], said


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
        # In bytes: then UTF-16 and a byte order mark are understood.
        found = json.loads(path.read_bytes())
        sources = [c["source"] for c in found["cells"] if c["cell_type"] == "code"]
        cells = ["".join(source) for source in sources]
    except OSError as error:
        return Notebook(path, problem=f"it cannot be opened: {error.strerror}")
    except ValueError as error:
        return Notebook(path, problem=f"it is damaged, perhaps cut off: {error}")
    except (KeyError, TypeError, RecursionError, MemoryError):
        return Notebook(path, problem="it is no notebook of today's format (4)")
    if sum(map(len, cells)) > CODE:
        return Notebook(path, problem=f"it has more than {CODE:,} characters of code")
    asked = {}
    for number, cell in enumerate(cells, start=1):
        for question in dict.fromkeys(ASKED.findall(cell)):
            asked.setdefault(question, []).append(number)
    return Notebook(path, cells, "", asked)


def candidates(exercise, notebooks, points):
    """Notebooks that may be an exercise, the one to grade first.

    Parameters
    ----------
    exercise : str
    notebooks : list of Notebook
        Of one student.
    points : dict
        Name of each exercise: points of each of its questions.

    Returns
    -------
    list of Notebook
        Those that ask any of its questions; or, if they ask none of any exercise, that
        are called like it.  First the one that asks most of them in cells where
        somebody has tried, then most of all, then the newest.
    """

    every = {question for worth in points.values() for question in worth}

    def order(notebook):
        asked = [notebook.asked[q] for q in points[exercise] if q in notebook.asked]
        tried = (any(UNTRIED not in notebook.cells[i - 1] for i in a) for a in asked)
        return -sum(tried), -len(asked), -_changed(notebook.path)

    def belongs(notebook):
        if not every.isdisjoint(notebook.asked):
            return not notebook.asked.keys().isdisjoint(points[exercise])
        return exercise in re.sub(r"[^a-z0-9]+", "_", notebook.path.name.casefold())

    return sorted(filter(belongs, notebooks), key=order)


def _changed(path):
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
