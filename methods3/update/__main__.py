"""Bring the newest version of the course, and lose nothing."""

import argparse
import subprocess
import sys
from datetime import date

from methods3.commands import COURSE
from methods3.update.clone import Clone, UpdateError
from methods3.update.keeping import Keeping, unused
from methods3.update.words import listed, say

MINE = COURSE / "mine"
HELP = """Bring the newest version of the course, and its notebooks into the folder
"mine".  What you have written stays as it is, or is put aside and named."""
NEWS = {"0": "nothing new", "1": "one new version"}
NO_CLONE = """This folder is no clone (a zip, perhaps), so nothing can be fetched.
For the newest version, get the new zip, unpack it beside this folder, move your folder
"mine" into it, and run this command there."""


def bring(clone, kept):
    """Bring the newest version into a clone, after what it would overwrite is kept."""
    new, address = clone.fetch()
    old, branch = clone.commit("HEAD"), clone.branch()
    clone.see_every_file()
    keeping = Keeping(clone, new, kept)
    keeping.put_aside()
    branches = keeping.keep_commits(kept.name)
    # Said before anything changes, lest something stops what follows.
    listed(f"You had changed these; yours are in mine/{kept.name}:", keeping.kept)
    listed("You have commits of your own; they stay on the branch", branches)
    clone.forget_what_is_unfinished()
    keeping.let_go_of_own_files()
    clone.take(new)
    listed("Brought back, as they were missing:", keeping.restored)
    if branch not in ("", "main"):
        say(f"You were on the branch {branch}; to go back to it: git switch {branch}")
    count = clone.ask("rev-list", "--count", f"{old}..{new}") if old else "all"
    say(f"From {address}: {NEWS.get(count, f'{count} new versions')}.")


def free_folder():
    """Folder for what is put aside: of today, and not there yet."""
    return MINE / unused(f"kept-{date.today()}", lambda name: (MINE / name).exists())


def main():
    """Update the course, and the notebooks in ``mine``; return the exit status."""
    # Whoever asks for help wants nothing changed yet.
    argparse.ArgumentParser("python -m methods3.update", description=HELP).parse_args()
    if not (COURSE / "_toc.yml").exists():
        say(f"The notebooks of the course are not in {COURSE}: only its library is.")
        say("Get the course, as its page on setting up says, and run this there.")
        return 1
    if MINE.exists() and not MINE.is_dir():
        say("`mine` is a file, where the folder for your work should be: rename it.")
        return 1
    failed = 0
    if (COURSE / ".git").exists():
        try:
            bring(Clone(COURSE), free_folder())
        except UpdateError as error:
            say(str(error))
            failed = 1
    else:
        say(NO_CLONE)
    # Another folder, if the clone's files took the first: names are the same in both.
    # A new process, as this one's modules may be of another version by now.
    places = str(MINE), str(free_folder())
    command = [sys.executable, "-m", "methods3.update.copies", *places]
    return subprocess.run(command, cwd=COURSE, check=False).returncode or failed


if __name__ == "__main__":
    sys.exit(main())
