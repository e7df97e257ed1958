"""The update of a clone, in every state that a clone is found in: nothing is lost.

The course is a small one of its own, with the modules that bring and write it; each
state is made by git itself.  All that a student wrote holds a word that is looked for
afterwards, in the files and in what git keeps.
"""

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from methods3.update import __main__ as update
from methods3.update import clone as clones
from methods3.update import copies, keeping
from methods3.update.clone import Clone, UpdateError

if not shutil.which("git"):
    pytest.skip("git is not installed", allow_module_level=True)

KEPT = f"mine/kept-{date.today()}"
MODULES = ("__init__.py", "commands.py", "installed.py", "plain", "update")
LECTURE = "lectures/one.ipynb"
# What a student writes; a number is added for each place.
WORD = "written-by-a-student"


def notebook(*texts):
    cells = [
        nbformat.v4.new_markdown_cell(text, id=f"cell-{i}")
        for i, text in enumerate(texts)
    ]
    cells.append(nbformat.v4.new_code_cell("1 + 1", id="code"))
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


FIRST = {
    "_toc.yml": "root: index\nparts:\n- chapters:\n  - file: lectures/one\n",
    ".gitignore": "__pycache__/\n/mine/\n*.log\n",
    "index.md": "# Start\n\nA {term}`word`.\n",
    LECTURE: notebook("(one)=\n# One"),
    "data.csv": "a,b\n1,2\n",
    "old.txt": "goes\n",
    "given.txt": "first\n",
}
SECOND = {
    LECTURE: notebook("(one)=\n# One", "New."),
    "given.txt": "second\n",
    "new.txt": "new\n",
    "course.log": "new, and ignored elsewhere\n",
    "folder/inner.txt": "inner\n",
}


def git(folder, *words, check=True):
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def put(folder, files):
    for name, text in files.items():
        folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(name).write_text(text, "utf-8")


def commit(folder, words="A change"):
    git(folder, "add", "--all", "--force", ".")
    git(folder, "commit", "--quiet", "--message", words)


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A bare repository with two versions of a small course; its main has the first."""
    folder = tmp_path_factory.mktemp("origin")
    with pytest.MonkeyPatch.context() as patched:
        introduce(patched, folder)
        git(folder, "init", "--quiet", "--initial-branch=main", "work")
        work = folder / "work"
        work.joinpath("methods3").mkdir()
        for name in MODULES:
            source, copy = ROOT / "methods3" / name, work / "methods3" / name
            if source.is_dir():
                # Compiled files would be versioned, and change as soon as they run.
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, copy, ignore=ignored)
            else:
                shutil.copy(source, copy)
        put(work, FIRST)
        git(work, "add", ".")
        git(work, "commit", "--quiet", "--message", "First")
        git(work, "branch", "first")
        put(work, SECOND)
        work.joinpath("old.txt").unlink()
        commit(work, "Second")
        git(work, "branch", "second")
        git(work, "reset", "--quiet", "--hard", "first")
        git(folder, "clone", "--quiet", "--bare", "work", "origin.git")
    return folder / "origin.git"


def introduce(patched, folder):
    """Let git know who works, and nothing of this computer."""
    config = folder / "gitconfig"
    text = (
        "[user]\nname = Somebody\nemail = s@example.org\n[advice]\ndetachedHead = 0\n"
    )
    config.write_text(text, "utf-8")
    patched.setenv("GIT_CONFIG_GLOBAL", str(config))
    patched.setenv("GIT_CONFIG_NOSYSTEM", "1")


class Student:
    """A clone, and what was written in it."""

    def __init__(self, folder, origin):
        self.origin, self.course, self.words = origin, folder / "methods3 æ", []
        git(folder, "clone", "--quiet", str(origin), self.course.name)

    def git(self, *words, **more):
        return git(self.course, *words, **more)

    def word(self):
        """A word to look for."""
        self.words.append(f"{WORD}-{len(self.words)}")
        return self.words[-1]

    def write(self, name):
        put(self.course, {name: f"{self.word()}\n"})

    def run_lecture(self, name=LECTURE):
        """Save a notebook with an output."""
        path = self.course / name
        own = nbformat.read(path, as_version=4)
        text = f"{self.word()}\n"
        own.cells[-1].outputs = [nbformat.v4.new_output("stream", text=text)]
        nbformat.write(own, path)

    def publish(self, branch="second"):
        git(self.origin, "branch", "--force", "main", branch)

    def update(self, **env):
        """Update; return the exit status, and what was said."""
        done = subprocess.run(
            [sys.executable, "-m", "methods3.update"],
            cwd=self.course,
            env=os.environ
            | {"PYTHONPATH": str(self.course), "PYTHONIOENCODING": "utf-8"}
            | env,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    def bring(self):
        """Update all but the student's folder; return what was said."""
        said = io.StringIO()
        mine = self.course / "mine"
        free = keeping.unused(Path(KEPT).name, lambda name: (mine / name).exists())
        with redirect_stdout(said):
            update.bring(Clone(self.course), mine / free)
        return said.getvalue()

    def lost(self):
        """Words that are in no file, and in nothing that git keeps under a name."""
        refs = self.git("for-each-ref", "--format=%(refname)").split()
        kept = "".join(self.git("grep", "-h", WORD, ref, check=False) for ref in refs)
        for path in self.course.rglob("*"):
            if path.is_file() and ".git" not in path.parts:
                kept += path.read_text("utf-8", errors="replace")
        return [word for word in self.words if word not in kept.replace("\\n", "\n")]

    def is_current(self):
        """Whether files, branch and what git compares are the newest version."""
        assert self.git("symbolic-ref", "HEAD") == "refs/heads/main"
        assert self.git("rev-parse", "HEAD") == git(self.origin, "rev-parse", "main")
        assert self.git("status", "--porcelain", "--untracked-files=no") == ""
        left = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "BISECT_LOG")
        assert not [n for n in left if (self.course / ".git" / n).exists()]
        return True


@pytest.fixture
def student(origin, tmp_path, monkeypatch):
    """Somebody who has cloned the first version."""
    introduce(monkeypatch, tmp_path)
    git(origin, "branch", "--force", "main", "first")
    return Student(tmp_path, origin)


# ---- States of a clone. ----


def untouched(s):
    pass


def ran(s):
    s.run_lecture()


def edited(s):
    s.write("given.txt")
    s.write("data.csv")


def staged(s):
    s.write("given.txt")
    s.git("add", ".")


def staged_and_changed_again(s):
    staged(s)
    s.write("given.txt")


def staged_and_deleted(s):
    staged(s)
    s.course.joinpath("given.txt").unlink()


def staged_new_and_deleted(s):
    s.write("notes.txt")
    s.git("add", ".")
    s.course.joinpath("notes.txt").unlink()


def hidden_from_git(s):
    """As answers on the web advise, to be left alone by git."""
    s.write("given.txt")
    s.git("update-index", "--assume-unchanged", "given.txt")
    s.run_lecture()
    s.git("update-index", "--skip-worktree", LECTURE)


def main_in_another_folder(s):
    """`main` is checked out in a second working tree."""
    on_a_branch(s)
    s.git("worktree", "add", "--quiet", "../second", "main")


def line_ends_of_windows(s):
    s.course.joinpath("given.txt").write_bytes(f"first\r\n{s.word()}\r\n".encode())


def deleted(s):
    s.course.joinpath("data.csv").unlink()
    s.git("rm", "--quiet", "given.txt")


def folder_deleted(s):
    shutil.rmtree(s.course / "lectures")


def renamed(s):
    s.git("mv", "given.txt", "own name.txt")
    s.write("own name.txt")


def changed_what_the_course_deletes(s):
    s.write("old.txt")


def in_the_way(s):
    s.write("new.txt")
    s.write("course.log")  # ignored as well


def same_in_the_way(s):
    put(s.course, {"new.txt": SECOND["new.txt"]})


def folder_in_the_way(s):
    s.write("new.txt/inner.txt")


def file_in_the_way_of_a_folder(s):
    s.write("folder")


def folder_for_a_file(s):
    s.course.joinpath("given.txt").unlink()
    s.write("given.txt/inner.txt")


def own_files(s):
    s.write("notes æ.txt")
    s.write("lectures/notes.txt")
    s.write("mine/notes.txt")
    s.write("other.log")


def own_files_staged(s):
    own_files(s)
    s.git("add", ".")


def committed(s):
    s.write("given.txt")
    s.write("notes.txt")
    commit(s.course)


def committed_and_changed_again(s):
    committed(s)
    s.write("given.txt")
    s.write("notes.txt")


def on_a_branch(s):
    s.git("switch", "--quiet", "--create", "my-notes")
    s.write("mine/notes.txt")
    committed(s)


def on_a_branch_with_changes(s):
    on_a_branch(s)
    s.write("mine/notes.txt")
    s.write("data.csv")


def commits_on_main_and_a_branch(s):
    committed(s)
    s.git("switch", "--quiet", "--create", "my-notes", "origin/main")
    s.write("more.txt")
    commit(s.course)


def detached(s):
    s.git("switch", "--quiet", "--detach")


def detached_with_commits(s):
    detached(s)
    committed(s)


def old_main_renamed(s):
    s.git("branch", "--move", "main", "old-main")


def merging(s):
    """Stopped by a conflict, with changes in other files."""
    committed(s)
    s.publish()
    s.write("data.csv")
    s.git("fetch", "--quiet")
    s.git("merge", "origin/main", check=False)
    assert (s.course / ".git/MERGE_HEAD").exists()
    s.write("given.txt")


def merging_another(s):
    s.git("switch", "--quiet", "--create", "theirs")
    committed(s)
    s.git("switch", "--quiet", "main")
    s.write("given.txt")
    commit(s.course)
    s.git("merge", "theirs", check=False)
    s.git("branch", "--delete", "--force", "theirs")


def rebasing(s):
    committed(s)
    s.publish()
    s.git("fetch", "--quiet")
    s.git("rebase", "origin/main", check=False)
    assert (s.course / ".git/rebase-merge").exists()


def picking(s):
    s.git("switch", "--quiet", "--create", "theirs")
    committed(s)
    s.git("switch", "--quiet", "main")
    s.write("given.txt")
    commit(s.course)
    s.git("cherry-pick", "theirs", check=False)
    assert (s.course / ".git/CHERRY_PICK_HEAD").exists()


def bisecting(s):
    s.git("bisect", "start")


def stashed(s):
    s.write("given.txt")
    s.git("stash", "--quiet")
    s.write("given.txt")


def remote_renamed(s):
    s.git("remote", "rename", "origin", "course")


def fork(s):
    """`origin` is a fork that stays behind; the course is `upstream`."""
    own = s.course.parent / "fork.git"
    git(own.parent, "clone", "--quiet", "--bare", str(s.origin), own.name)
    s.git("remote", "rename", "origin", "upstream")
    s.git("remote", "add", "origin", str(own))
    s.git("config", "branch.main.remote", "origin")
    committed(s)
    s.git("push", "--quiet", "origin", "main")


def shallow(s):
    shutil.rmtree(s.course)
    words = ("clone", "--quiet", "--depth=1", s.origin.as_uri(), s.course.name)
    git(s.course.parent, *words)
    s.write("given.txt")


def fetches_nothing(s):
    """A clone whose settings fetch another branch alone."""
    s.git("config", "remote.origin.fetch", "+refs/heads/first:refs/remotes/origin/x")


def other_line_ends(s):
    s.git("config", "core.autocrlf", "true")
    s.write("given.txt")


STATES = [
    value
    for value in list(globals().values())
    if callable(value)
    and getattr(value, "__code__", None)
    and value.__code__.co_varnames[:1] == ("s",)
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.one_in(3)
def test_update_brings_the_course_and_loses_nothing(student, state):
    state(student)
    student.publish()
    text = student.bring()
    assert student.is_current()
    assert student.lost() == []
    told = "mine/kept-" in text
    assert told == student.course.joinpath(KEPT).exists()
    # Once more: nothing is left to do, and nothing is put aside again.
    before = sorted(student.course.rglob("*"))
    text = student.bring()
    assert "nothing new" in text
    assert "kept" not in text
    assert student.lost() == []
    assert [p for p in student.course.rglob("*") if p not in before] == []


def test_all_states_are_there():
    assert len(STATES) == 40
    assert {merging, shallow, fork, own_files} <= set(STATES)


def test_changed_files_are_named_and_back_as_the_course_has_them(student):
    edited(student)
    student.publish()
    text = student.bring()
    kept = student.course / KEPT
    assert f"yours are in {KEPT}:\n    data.csv\n    given.txt\n" in text
    assert WORD in kept.joinpath("given.txt").read_text("utf-8")
    assert student.course.joinpath("given.txt").read_text("utf-8") == "second\n"
    assert "one new version" in text


def test_deleted_files_are_brought_back_and_named(student):
    deleted(student)
    text = student.bring()
    assert "Brought back, as they were missing:\n    data.csv\n    given.txt\n" in text
    assert student.course.joinpath("data.csv").exists()


def test_own_commits_are_named_by_their_branch(student):
    committed(student)
    student.publish()
    text = student.bring()
    name = f"kept-{date.today()}"
    assert f"they stay on the branch\n    {name}\n" in text
    assert WORD in student.git("show", f"{name}:given.txt")
    assert student.course.joinpath("notes.txt").exists()


def test_branch_stays_and_the_way_back_is_named(student):
    on_a_branch(student)
    tip = student.git("rev-parse", "my-notes")
    text = student.bring()
    assert "git switch my-notes" in text
    assert student.git("rev-parse", "my-notes") == tip
    assert WORD in student.course.joinpath("mine/notes.txt").read_text("utf-8")


def test_second_update_of_a_day_keeps_apart(student):
    for _ in range(2):
        committed(student)
        student.write("data.csv")
        student.bring()
    assert student.course.joinpath(f"{KEPT}/data.csv").exists()
    assert student.course.joinpath(f"{KEPT}-2/data.csv").exists()
    assert f"kept-{date.today()}-2" in student.git("branch", "--list")
    assert student.lost() == []


def test_course_that_was_written_anew_is_taken(student):
    """Its history was replaced: what was pulled before counts as the student's."""
    work = student.course.parent / "anew"
    git(work.parent, "clone", "--quiet", str(student.origin), work.name)
    git(work, "checkout", "--quiet", "--orphan", "anew")
    commit(work, "Anew")
    git(work, "push", "--quiet", "origin", "+anew:anew")
    student.publish("anew")
    student.bring()
    assert student.is_current()


def test_offline_changes_nothing(student):
    edited(student)
    student.git("remote", "set-url", "origin", str(student.course / "nowhere"))
    status, text = student.update()
    assert status == 1
    assert "could not be fetched from" in text
    assert "Look whether you are online" in text
    assert student.git("status", "--porcelain", "--untracked-files=no") != ""
    assert student.course.joinpath("mine/index.ipynb").exists()


def test_clone_without_a_remote_is_told_to_name_one(student):
    student.git("remote", "remove", "origin")
    status, text = student.update()
    assert status == 1
    assert "git remote add origin" in text


def test_another_git_that_runs_is_named_and_nothing_lost(student):
    edited(student)
    student.publish()
    lock = student.course / ".git/index.lock"
    lock.write_text("")
    status, text = student.update()
    assert status == 1
    assert "index.lock" in text
    assert student.lost() == []
    lock.unlink()
    assert student.update()[0] == 0
    assert student.is_current()
    assert student.lost() == []


def test_zip_is_told_so_and_gets_its_notebooks(student):
    shutil.rmtree(student.course / ".git")
    status, text = student.update()
    assert status == 0
    assert "no clone" in text
    assert student.course.joinpath("mine/lectures/one.ipynb").exists()


def test_without_git_the_doctor_is_named(student):
    status, text = student.update(PATH="")
    assert status == 1
    assert "methods3.doctor" in text
    assert student.course.joinpath("mine/lectures/one.ipynb").exists()


def test_library_alone_has_no_notebooks_to_bring(student):
    student.course.joinpath("_toc.yml").unlink()
    status, text = student.update()
    assert status == 1
    assert "are not in" in text


def test_file_named_mine_is_no_folder(student):
    student.write("mine")
    status, text = student.update()
    assert status == 1
    assert "rename it" in text
    assert student.lost() == []


# ---- What Windows does to a file that is open. ----


def test_file_that_cannot_be_read_is_named_before_anything_changes(
    student, monkeypatch
):
    edited(student)
    student.publish()

    def locked(*_, **__):
        raise PermissionError(13, "is being used by another process")

    monkeypatch.setattr(keeping.shutil, "copy2", locked)
    before = student.git("rev-parse", "HEAD")
    with pytest.raises(
        UpdateError, match=r"data.csv could not be put aside \(is being"
    ):
        update.bring(Clone(student.course), student.course / KEPT)
    assert student.git("rev-parse", "HEAD") == before
    assert student.lost() == []


def test_git_that_stops_halfway_can_go_on(student, monkeypatch, capsys):
    """Some files are new, one is locked; the next run takes the rest, and no branch."""
    edited(student)
    student.publish()
    run = Clone.run

    def stopped(self, *words, **more):
        if words[0] == "reset":
            put(student.course, {"new.txt": SECOND["new.txt"]})
            put(student.course, {"given.txt": SECOND["given.txt"]})
            lines = b"error: unable to unlink old 'data.csv': Permission denied\n"
            return subprocess.CompletedProcess(words, 128, b"", lines)
        return run(self, *words, **more)

    monkeypatch.setattr(Clone, "run", stopped)
    with pytest.raises(UpdateError, match=r"data\.csv.*\n.*close that program"):
        update.bring(Clone(student.course), student.course / KEPT)
    assert "yours are in" in capsys.readouterr().out
    monkeypatch.setattr(Clone, "run", run)
    student.bring()
    assert student.is_current()
    assert student.lost() == []
    assert not student.course.joinpath(f"{KEPT}-2/new.txt").exists()
    assert not student.course.joinpath(f"{KEPT}-2/given.txt").exists()


def test_notebook_that_cannot_be_written_is_named_and_the_others_come(
    tmp_path, monkeypatch
):
    made = copies.Copies(tmp_path / "mine", tmp_path / "kept")
    replace = os.replace

    def locked(part, place):
        if place.name == "a.ipynb":
            raise PermissionError(13, "is being used by another process")
        replace(part, place)

    monkeypatch.setattr(copies.os, "replace", locked)
    for name in ("a.ipynb", "b.ipynb"):
        made.renew(name, notebook(name).encode())
    assert made.failed == ["a.ipynb (is being used by another process)"]
    assert [path.name for path in made.folder.iterdir()] == ["b.ipynb"]
    monkeypatch.undo()
    made.renew("a.ipynb", b"{}")
    assert made.new == ["b.ipynb", "a.ipynb"]


def test_terminal_that_nobody_sees_is_not_asked(monkeypatch):
    monkeypatch.setattr(clones.sys, "stdin", None)
    assert Clone(ROOT).env["GIT_TERMINAL_PROMPT"] == "0"


# ---- The student's folder. ----

MINE = f"mine/{LECTURE}"


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def test_notebooks_come_in_plain_markdown_and_git_ignores_them(student):
    student.update()
    mine = student.course / "mine"
    assert sources(mine / LECTURE) == ["# One", "1 + 1"]
    assert sources(mine / "index.ipynb") == ["# Start\n\nA word.\n"]
    assert student.git("status", "--porcelain") == ""


def test_untouched_notebook_is_renewed(student):
    student.update()
    student.publish()
    _, text = student.update()
    assert f"Renewed; you had not changed them:\n    {LECTURE}\n" in text
    assert sources(student.course / MINE) == ["# One", "New.", "1 + 1"]


def test_notebook_that_was_only_run_is_renewed_and_kept_as_it_was(student):
    student.update()
    student.run_lecture(MINE)
    student.publish()
    _, text = student.update()
    assert f"as you had run them, they are in {student.course / KEPT}" in text
    assert sources(student.course / MINE) == ["# One", "New.", "1 + 1"]
    assert student.lost() == []


def test_what_is_kept_of_the_clone_and_of_mine_keeps_apart(student):
    """The same notebook was edited in the clone, and run in `mine`."""
    student.update()
    student.write(LECTURE)
    student.run_lecture(MINE)
    student.publish()
    _, text = student.update()
    assert student.lost() == []
    assert f"yours are in {KEPT}:\n    {LECTURE}\n" in text
    assert f"they are in {student.course / KEPT}-2:\n    {LECTURE}\n" in text


@pytest.mark.parametrize("way", ["lectures", LECTURE])
def test_what_stands_where_a_notebook_should_is_moved_and_named(student, way):
    """A folder named like a notebook, or a file like a folder of notebooks."""
    student.write(f"mine/{way}/notes.txt" if way == LECTURE else f"mine/{way}")
    status, text = student.update()
    assert status == 0
    kept = student.course / KEPT
    assert f"it is in {kept}:\n    {way}\n" in text
    assert kept.joinpath(way).is_dir() == (way == LECTURE)
    assert sources(student.course / MINE) == ["# One", "1 + 1"]
    assert student.lost() == []


def test_edited_notebook_stays_and_the_new_version_lies_beside(student):
    student.update()
    put(student.course, {MINE: notebook("# One", student.word())})
    student.publish()
    beside = f"one-new-{date.today()}.ipynb"
    _, text = student.update()
    assert f"{LECTURE}: the new version is {beside}" in text
    assert sources(student.course / MINE)[1] in student.words
    place = student.course / MINE
    assert sources(place.with_name(beside)) == ["# One", "New.", "1 + 1"]
    # Not again, until there is another version; nor over the one beside.
    _, text = student.update()
    assert "the new version is" not in text
    student.publish("first")
    _, text = student.update()
    assert f"one-new-{date.today()}-2.ipynb" in text


def test_notebook_run_again_is_left_alone_where_nothing_is_new(student):
    student.update()
    student.run_lecture(MINE)
    _, text = student.update()
    assert LECTURE not in text
    assert student.lost() == []


def test_deleted_notebook_comes_back_fresh(student):
    student.update()
    student.course.joinpath(MINE).unlink()
    _, text = student.update()
    assert LECTURE in text
    assert sources(student.course / MINE) == ["# One", "1 + 1"]


def test_own_notebook_of_the_same_name_is_not_overwritten(student):
    put(student.course, {MINE: notebook(student.word())})
    student.course.joinpath("mine/index.ipynb").write_text("no notebook", "utf-8")
    _, text = student.update()
    assert f"one-new-{date.today()}.ipynb" in text
    assert f"index-new-{date.today()}.ipynb" in text
    assert student.lost() == []


def test_note_remembers_what_was_given(student):
    student.update()
    note = json.loads(student.course.joinpath("mine/.given.json").read_text("utf-8"))
    assert note.keys() == {"index.ipynb", LECTURE}


def test_note_that_is_damaged_loses_nothing_and_is_written_anew(student):
    """A full disk leaves half of it, or a program that keeps folders alike."""
    student.update()
    note, lecture = student.course / "mine/.given.json", f"mine/{LECTURE}"
    for text in (note.read_text("utf-8")[:40], '["no names"]', "null"):
        note.write_text(text, "utf-8")
        assert student.update()[0] == 0
        assert json.loads(note.read_text("utf-8")).keys() >= {LECTURE}
    student.run_lecture(lecture)
    note.write_bytes(b"\xff")
    student.publish()
    assert "one-new-" in student.update()[1]
    assert not student.lost()


def test_help_and_what_is_no_argument_change_nothing(student):
    command = [sys.executable, "-m", "methods3.update"]
    for words, status in ((["--help"], 0), (["week02"], 2)):
        done = subprocess.run([*command, *words], cwd=student.course, check=False)
        assert done.returncode == status
    assert not (student.course / "mine").exists()


def test_packages_that_are_not_as_pinned_are_named(student):
    pins = "nbformat==0.0.1 \\\n    --hash=sha256:00\nnothing-of-the-kind==1 ; x\n"
    put(student.course, {"scripts/students.txt": pins})
    commit(student.course)
    student.git("push", "--quiet", "origin", "main")
    _, text = student.update()
    version = nbformat.__version__
    assert f"    nbformat 0.0.1: installed is {version}\n" in text
    assert "nothing-of-the-kind" not in text
    line = " -m pip install --require-hashes -r scripts/students.txt\n"
    assert line in text


def test_work_starts_with_the_line_that_is_printed(student):
    _, text = student.update()
    assert text.splitlines()[-1].endswith(
        f"{Path(sys.executable).name} -m jupyterlab mine"
    )
