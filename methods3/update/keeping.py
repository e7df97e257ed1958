"""What an update would overwrite is put aside: files as copies, commits as branches.

Everything is copied before anything is changed, so that whatever fails, nothing is
lost.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from methods3.update.clone import OWN_BRANCH, UpdateError


class Keeping:
    """What is put aside in one update.

    Parameters
    ----------
    clone : Clone
    new : str
        Commit of the newest version.
    folder : Path
        Where copies go; it is made when the first one does.
    """

    def __init__(self, clone, new, folder):
        self.clone, self.folder = clone, folder
        head = clone.commit("HEAD")
        self.head, self.new, self.staged = (
            clone.files(head),
            clone.files(new),
            clone.staged(),
        )
        base = clone.files(head and clone.ask("merge-base", head, new))
        tracked = self.head.keys() | self.staged.keys()
        # What the student has added is no file of the course, and stays where it is.
        self.own = tracked - self.new.keys() - base.keys()
        self.kept, self.restored = [], []

    def put_aside(self):
        """Copy what differs, and move what is in the way of the newest version."""
        for path in self.clone.changed():
            self._keep_staged(path)
            if os.path.lexists(self.clone.root / path):
                self._keep_file(path)
            elif path in self.head and path in self.new:
                self.restored.append(path)
        for path in sorted(self.new.keys() - self.staged.keys()):
            self._keep_file(path)
        self._clear_the_way()

    def _keep_staged(self, path):
        """Keep what is staged, where it is in no commit and no file."""
        known = {self.head.get(path), self.new.get(path), self.clone.blob(path)}
        for i, blob in enumerate(self.staged.get(path, [])):
            if blob not in known:
                content = self.clone.tell("cat-file", "blob", blob)
                name = f"staged-{i}" if i else "staged"
                with named(path):
                    self._place(f"{name}/{path}").write_bytes(content)

    def _keep_file(self, path):
        place = self.clone.root / path
        known = {self.head.get(path), self.new.get(path)}
        a_file = place.is_symlink() or place.is_file()
        if a_file and path not in self.own and self.clone.blob(path) not in known:
            with named(path):
                shutil.copy2(place, self._place(path), follow_symlinks=False)

    def _clear_the_way(self):
        """Move what stands where the newest version has folders, or files."""
        root = self.clone.root
        ways = {way for path in self.new for way in Path(path).parents if way.name}
        for way in sorted(ways):
            place = root / way
            a_file = place.is_symlink() or (place.exists() and not place.is_dir())
            if a_file and way.as_posix() not in self.staged:
                self._move(way)
        for path in sorted(self.new):
            if root.joinpath(path).is_dir() and not root.joinpath(path).is_symlink():
                self._move(path)

    def _move(self, path):
        with named(path):
            shutil.move(self.clone.root / path, self._place(path))

    def _place(self, path):
        """Where a copy goes."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        self.kept.append(str(path))
        return place

    def let_go_of_own_files(self):
        """Make git forget the student's own files, which it would delete otherwise."""
        given = b"".join(os.fsencode(path) + b"\0" for path in sorted(self.own))
        if given:
            self.clone.tell(
                "update-index", "--force-remove", "-z", "--stdin", given=given
            )

    def keep_commits(self, name):
        """Give a branch to each line of commits that none has; return the names."""
        names = []
        for tip in ("HEAD", OWN_BRANCH, "MERGE_HEAD", "CHERRY_PICK_HEAD"):
            commit = self.clone.commit(tip)
            if commit and not self.clone.contains(commit):
                free = unused(name, lambda n: self.clone.commit(f"refs/heads/{n}"))
                self.clone.tell("branch", "--no-track", free, commit)
                names.append(free)
        return names


@contextmanager
def named(path):
    """Name the file that could not be put aside."""
    try:
        yield
    except OSError as error:
        raise UpdateError(
            f"{path} could not be put aside ({error.strerror or error}). "
            "Close the program that has it open, and run this again. "
            "Nothing of the course is changed yet."
        ) from error


def unused(name, taken):
    """A name, or the first of its likes with a number, that is not taken."""
    number = 2
    free = name
    while taken(free):
        free, number = f"{name}-{number}", number + 1
    return free
