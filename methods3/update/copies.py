"""Notebooks in plain Markdown in the folder where students work, ``mine``.

    python -m methods3.update.copies FOLDER KEPT

What a student has written there is never touched: of a notebook that was edited, the
new version is put beside it.  One that was only run is renewed, and as it was, with its
outputs, goes to KEPT; so does a folder that is named like a notebook, and a file that
is named like a folder of notebooks.  A note in the folder remembers what was given.

An update runs this as a new process, for it is the new version's own.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
from datetime import date
from pathlib import Path

from methods3.commands import COURSE, PINS, python
from methods3.installed import unpinned
from methods3.plain import Course, files_to_run
from methods3.update.keeping import unused
from methods3.update.words import listed, say

NOTE = ".given.json"


def digest(content):
    """Hash of the content of a file, by which two of them are compared."""
    return hashlib.sha256(content).hexdigest()


def written(name, content):
    """Digest of what is written in a file: of a notebook, without what running adds."""
    if name.endswith(".ipynb"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            cells = json.loads(content)["cells"]
            told = [[c["cell_type"], "".join(c["source"])] for c in cells]
            return digest(json.dumps(told).encode())
    return digest(content)


class Copies:
    """The folder of a student.

    Parameters
    ----------
    folder : Path
    kept : Path
        Where files go as they were; made when the first one does.
    """

    def __init__(self, folder, kept):
        self.folder, self.kept = folder, kept
        self.given = {}
        # Without its note, or with half of one, whatever differs counts as edited.
        with contextlib.suppress(OSError, ValueError, TypeError):
            self.given = dict(json.loads(folder.joinpath(NOTE).read_text("utf-8")))
        self.new, self.renewed, self.run, self.beside = [], [], [], []
        self.moved, self.failed = [], []

    def renew(self, name, content):
        """Give a file, or its new version."""
        place = self.folder / name
        try:
            self._clear_the_way(Path(name))
            self._renew(name, content, place)
        except OSError as error:
            self.failed.append(f"{name} ({error.strerror or error})")

    def _clear_the_way(self, name):
        """Move a file where a folder should be, or a folder where a file should be."""
        for way in (*reversed(name.parents), name):
            place = self.folder / way
            if place.is_dir() if way == name else place.is_file():
                self.kept.joinpath(way).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(place, self.kept / way)
                self.moved.append(way.as_posix())

    def _renew(self, name, content, place):
        own = place.read_bytes() if place.exists() else None
        wrote, given = written(name, content), self.given.get(name, {})
        if own is None:
            self._write(place, content)
            self.new.append(name)
        elif own == content:
            pass
        elif digest(own) == given.get("file"):
            self._write(place, content)
            self.renewed.append(name)
        elif given.get("written") == wrote or written(name, own) == wrote:
            return  # the course has changed no word since
        elif written(name, own) == given.get("written"):
            self._write(self.kept / name, own)
            self._write(place, content)
            self.run.append(name)
        else:
            beside = self._beside(place)
            self._write(beside, content)
            self.beside.append(f"{name}: the new version is {beside.name}")
        self.given[name] = {"file": digest(content), "written": wrote}

    def _beside(self, place):
        """Where the new version of a file goes that has to stay."""

        def named(stem):
            return place.with_name(stem + place.suffix)

        stem = f"{place.stem}-new-{date.today()}"
        return named(unused(stem, lambda stem: named(stem).exists()))

    def _write(self, place, content):
        """Write a file whole, or not at all."""
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        try:
            part.write_bytes(content)
            os.replace(part, place)
        finally:
            part.unlink(missing_ok=True)

    def remember(self):
        """Note what was given."""
        text = json.dumps(self.given, indent=1, sort_keys=True)
        self._write(self.folder / NOTE, text.encode())


def main(folder, kept):
    """Renew a folder, say what is new, and which packages are not as pinned."""
    copies = Copies(Path(folder), Path(kept))
    for name, content in files_to_run(Course(COURSE)):
        copies.renew(name, content)
    copies.remember()
    for title, names in (
        (f"This was where notebooks go; it is in {kept}:", copies.moved),
        (f"New in {folder}:", copies.new),
        ("Renewed; you had not changed them:", copies.renewed),
        (f"Renewed; as you had run them, they are in {kept}:", copies.run),
        ("You have changed these, so yours stay as they are:", copies.beside),
        ("Not written; close what has them open, and run this again:", copies.failed),
    ):
        listed(title, names)
    pins = COURSE / PINS
    differ = unpinned(pins) if pins.exists() else []
    if differ:
        listed("The course has other versions of some packages now:", differ)
        say("Install them, before you go on:")
        say(f"    {python(f'pip install --require-hashes -r {PINS}')}")
    say(f"To work: {python(f'jupyterlab {os.path.relpath(folder, COURSE)}')}")
    return int(bool(copies.failed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
