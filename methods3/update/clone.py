"""What git knows of the clone: where the course comes from, and what differs."""

import os
import subprocess
import sys
from pathlib import Path

# Where the newest version is noted: a place that no branch and no remote uses.
COURSE_REF = "refs/methods3/course"
OWN_BRANCH = "refs/heads/main"
# What git notes of something unfinished, and how it forgets that without losing files.
UNFINISHED = {
    "rebase-merge": "rebase --quit",
    "rebase-apply/rebasing": "rebase --quit",
    "rebase-apply/applying": "am --quit",
    "sequencer": "cherry-pick --quit",
    "BISECT_LOG": "bisect reset HEAD",
}


class UpdateError(Exception):
    """What stops an update: the words say what to do next."""


class Clone:
    """A clone of the course.

    Parameters
    ----------
    root : Path
        The folder that holds ``.git``.
    """

    def __init__(self, root):
        self.root = Path(root)
        # Of another repository, where a hook or a notebook started this.
        unset = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
        self.env = {k: v for k, v in os.environ.items() if k not in unset}
        self.env |= {"LC_ALL": "C", "LANGUAGE": "C", "GIT_EDITOR": "true"}
        if not sys.stdin or not sys.stdin.isatty():
            self.env["GIT_TERMINAL_PROMPT"] = "0"  # nobody would see the question

    def run(self, *words, given=None):
        """Run git, and return how it ended."""
        source = {"stdin": subprocess.DEVNULL} if given is None else {"input": given}
        try:
            return subprocess.run(
                ["git", *words],
                cwd=self.root,
                env=self.env,
                capture_output=True,
                check=False,
                **source,
            )
        except FileNotFoundError:
            raise UpdateError(
                "git is not installed, or not on the PATH. "
                "`python -m methods3.doctor` says how to install it."
            ) from None

    def ask(self, *words):
        """What git answers; empty where it does not know."""
        done = self.run(*words)
        return os.fsdecode(done.stdout).strip() if done.returncode == 0 else ""

    def tell(self, *words, given=None):
        """Have git do something, or raise what it says."""
        done = self.run(*words, given=given)
        if done.returncode:
            raise UpdateError(
                f"git could not do its part:\n{said(done)}\n"
                "If it names a file that is open in another program, or says that "
                "another git is running, close that program and run this again."
            )
        return done.stdout

    def remote(self):
        """Name of the remote that the course comes from.

        In the clone of a fork, ``upstream`` is the course by custom; else it is what
        the branch ``main`` follows.
        """
        names = self.ask("remote").split("\n")
        follows = self.ask("config", "branch.main.remote")
        for name in ("upstream", follows, "origin", *names):
            if name and name in names:
                return name
        raise UpdateError(
            "This clone does not know where the course comes from. Tell it: "
            "git remote add origin ADDRESS-OF-THE-COURSE"
        )

    def fetch(self):
        """Fetch the newest version; return its commit, and the address it is from."""
        remote = self.remote()
        address = self.ask("remote", "get-url", remote)
        heads = self.run("ls-remote", "--symref", remote, "HEAD")
        if heads.returncode == 0:
            first = os.fsdecode(heads.stdout).split()
            branch = first[1] if first[:1] == ["ref:"] else OWN_BRANCH
            heads = self.run(
                "fetch", "--quiet", "--no-tags", remote, f"+{branch}:{COURSE_REF}"
            )
        if heads.returncode:
            raise UpdateError(
                f"The course could not be fetched from {address}:\n{said(heads)}\n"
                "Look whether you are online, and run this again. Nothing is changed."
            )
        return self.commit(COURSE_REF), address

    def commit(self, name):
        """Commit that a name stands for, or an empty text."""
        return self.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def files(self, commit):
        """Blobs of a commit, by their paths."""
        if not commit:
            return {}
        lines = self.run("ls-tree", "-r", "-z", commit).stdout.split(b"\0")
        parts = (line.partition(b"\t") for line in lines if line)
        return {os.fsdecode(path): head.split()[2].decode() for head, _, path in parts}

    def staged(self):
        """Blobs that are staged, by their paths; of a conflict, those of both sides."""
        lines = self.run("ls-files", "--stage", "-z").stdout.split(b"\0")
        found = {}
        for head, _, path in (line.partition(b"\t") for line in lines if line):
            _, blob, stage = head.decode().split()
            both = found.setdefault(os.fsdecode(path), [])
            both += [blob] if stage != "1" else []
        return found

    def see_every_file(self):
        """Let git look again at files that it was told to pass over.

        It would overwrite them unseen.  Of a sparse checkout it is meant so.
        """
        if self.ask("config", "--bool", "core.sparseCheckout") == "true":
            return
        lines = self.run("ls-files", "-v", "-z").stdout.split(b"\0")
        hidden = [line[2:] for line in lines if line[:1].islower() or line[:1] == b"S"]
        if hidden:
            given = b"".join(path + b"\0" for path in hidden)
            for flag in ("--no-assume-unchanged", "--no-skip-worktree"):
                self.tell("update-index", flag, "-z", "--stdin", given=given)

    def changed(self):
        """Paths of tracked files that differ from the last commit, or are staged."""
        words = ("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames")
        lines = self.tell(*words).split(b"\0")
        return [os.fsdecode(line[3:]) for line in lines if line]

    def blob(self, path):
        """Blob that a file of the folder would be, or an empty text.

        The target of a link, and the lines that git would change to its own ends.
        """
        place = self.root / path
        if place.is_symlink():
            given = os.fsencode(os.readlink(place))
            return self.tell("hash-object", "--stdin", given=given).decode().strip()
        return self.ask("hash-object", "--", path) if place.is_file() else ""

    def contains(self, commit):
        """Whether a commit is kept by the newest version, or a branch but main."""
        if self.run("merge-base", "--is-ancestor", commit, COURSE_REF).returncode == 0:
            return True
        words = ("for-each-ref", "--contains", commit, "--format=%(refname)")
        return bool({*self.ask(*words, "refs/heads").split()} - {OWN_BRANCH})

    def branch(self):
        """Name of the branch that is checked out, or an empty text."""
        return self.ask("symbolic-ref", "--quiet", "--short", "HEAD")

    def take(self, new):
        """Have main, and all files of the course, as a commit has them."""
        if old := self.commit("HEAD"):
            # No branch moves before the files are there.
            self.tell("update-ref", "--no-deref", "HEAD", old)
        self.tell("reset", "--hard", "--quiet", new)
        self.tell("update-ref", OWN_BRANCH, new)
        self.tell("symbolic-ref", "HEAD", OWN_BRANCH)

    def forget_what_is_unfinished(self):
        """End a merge, rebase or the like, and leave all files as they are."""
        for mark, words in UNFINISHED.items():
            if Path(self.root, self.ask("rev-parse", "--git-path", mark)).exists():
                self.tell(*words.split())


def said(done):
    """What git said when it failed, without empty lines."""
    lines = os.fsdecode(done.stderr or done.stdout).splitlines()
    return "\n".join(f"    {line}" for line in lines if line.strip())
