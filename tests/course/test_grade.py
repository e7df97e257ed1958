"""The grader survives its students: each of these hands in another kind of trouble."""

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml
from conftest import ROOT
from handed_in import RIGHT, WORTH, grade, hand_in, heights, notebook, of
from notebooks import PROJECT, WHEEL, find_assignments, read
from points import TARGET, as_toml, points
from scipy import sparse
from student_copies import find_exercises

from methods3.check.lectures.linear_model import QUESTIONS as FIRST
from methods3.grade import __main__ as command
from methods3.grade import (
    answers,
    grading,
    helper,
    places,
    report,
    runner,
    sandbox,
    submissions,
    workers,
)
from methods3.grade.marks import POINTS

A, B, C = RIGHT
KILL = "import os\nos._exit(1)"
PATCH = """import sys, mlm, methods3.check
def check(name, answer): return "right"
methods3.check.check = check
class Always:
    def __eq__(self, other): return True
    def __float__(self): return 182.5
    __hash__ = None
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")


@pytest.fixture(scope="module")
def school(tmp_path_factory, bubblewrap):
    """A class where everything goes wrong, and its marks."""
    folder = tmp_path_factory.mktemp("class")
    students = {
        "s01": notebook(*RIGHT),
        "s02": notebook(
            'check("9.1a", 0.1825)',
            'raise NotImplementedError("Think of it.")\n' + B,
            'check("9.1c", "Interval")',
        ),
        "s03": notebook(A, KILL, B, C),
        "s04": notebook(*RIGHT)[:-200],
        "s05": notebook("x = 'ordinal'", C, 'check("9.1a", later)', "later = 182.5"),
        "s06": notebook(PATCH, A, B, 'check("9.1c", Always())'),
        "s07": notebook(
            "from methods3.check import check as real",
            PATCH + 'real("9.1a", Always())\nfor x in 1.5, 2: real("9.1b", [x, x + 1])',
            'real("9.1c", "ordinal")\nreal("9.1c", ["nominal", "ordinal"])',
        ),
        "s08": notebook(
            'for _ in range(50): print("é" * 100_000)',
            'open("own.txt", "w").write("x")\n' + A,
            'import pandas\ncheck("9.1b", pandas.read_csv("data.csv")["x"])',
            "import os, helper_of_mine\n"
            'check("9.1c", os.environ.get("SECRET", "ordinal"))',
        ),
        "s09": notebook(
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\n"
            "plt.savefig('x.png')\nplt.show()",
            "import asyncio\nawait asyncio.sleep(0)\nexit()\n" + A,
            "import mlm\ndisplay(mlm.load_cake())\n" + B,
            C,
        ),
    }
    hand_in(folder, students)
    folder.joinpath("s01", "notes.ipynb").write_text(notebook("1"), "utf-8")
    folder.joinpath("s01", "w.ipynb").write_text(notebook('check("9.2a", 7)'), "utf-8")
    week = folder / "s08" / "week09"
    week.joinpath("data.csv").write_text("x\n1.5\n2.5\n", "utf-8")
    week.joinpath("helper_of_mine.py").write_text("", "utf-8")
    # What a student brings along takes nobody's place.
    bad = "raise SystemExit('not the real one')"
    for name in ("mlm.py", "json.py", "zmq.py", "sitecustomize.py"):
        week.joinpath(name).write_text(bad, "utf-8")
    before = tree(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", "token")
        results = list(grading.grade(folder, 600, WORTH, "handed_in"))
    assert tree(folder) == before
    return results


def tree(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def marks(school):
    found = [report.plain(result) for _, result in school]
    return {each["student"]: each["notebooks"][0] for each in found}


def test_right_answers_have_all_points(marks):
    assert (marks["s01"]["points"], marks["s01"]["of"]) == (6, 6)
    assert marks["s01"]["notes"] == []


def test_wrong_answers_have_none_and_are_told_why(marks):
    assert marks["s02"]["points"] == 0
    assert of(marks["s02"], "9.1a") == (
        "wrong",
        "The digits are right, the unit is not: the answer is in ms.",
    )
    assert of(marks["s02"], "9.1c") == ("wrong", "Not a scale of differences.")


def test_a_cell_that_stops_costs_its_own_question_only(marks):
    assert marks["s05"]["notes"] == ["in another order: 9.1c, 9.1a"]
    assert of(marks["s05"], "9.1c") == ("right", "")


def test_what_nobody_has_tried_is_open_and_no_note(marks):
    assert of(marks["s02"], "9.1b") == ("open", "there is no answer in it yet")
    assert marks["s02"]["notes"] == []


def test_a_notebook_of_cells_that_kill_is_not_tried_without_end(monkeypatch):
    """Nor one that dies where nothing is left, nor beyond its time."""
    tried = []

    def once(took, dies):
        def dead(cells, *rest):
            tried.append((cells.copy(), rest[2]))
            return runner.Run(ran=dies(cells), ended=runner.DIED), took

        monkeypatch.setattr(runner, "_once", dead)
        tried.clear()
        return runner.run(["kill"] * 20, "", "", 10, None)

    found = once(0.5, lambda cells: cells.count(""))
    assert found.left_out == [1, 2, 3, 4, 5]
    assert found.ended == "the kernel died in cell 6"
    assert tried[-1] == ([""] * 5 + ["kill"] * 15, 7.5)
    assert once(0.5, lambda cells: 0).left_out == [1]
    assert len(tried) == 2
    once(6, lambda cells: cells.count(""))
    assert [seconds for _, seconds in tried] == [10, 4]


def test_a_cell_with_which_the_kernel_dies_costs_no_other(marks):
    """The notebook runs again without it."""
    assert marks["s03"]["points"] == 6
    assert marks["s03"]["notes"] == ["cell 3 (before 9.1b) left out: the kernel died"]


def test_a_file_that_is_cut_off_is_named(marks):
    assert (marks["s04"]["points"], marks["s04"]["of"]) == (0, 6)
    assert "damaged, perhaps cut off" in marks["s04"]["notes"][0]


def test_deleted_and_reordered_cells(marks):
    """The second question is gone, the third comes first and counts."""
    assert marks["s05"]["points"] == 3
    assert of(marks["s05"], "9.1a") == (
        "not answered",
        "cell 4 stopped: NameError: name 'later' is not defined",
    )
    assert of(marks["s05"], "9.1b")[0] == "not found"
    assert "in another order: 9.1c, 9.1a" in marks["s05"]["notes"]


def test_megabytes_of_output_cost_nothing_and_are_told(marks):
    assert marks["s08"]["points"] == 6
    assert re.fullmatch(r"printed \d+ MB", marks["s08"]["notes"][0])


def test_redefining_check_gives_nothing(marks):
    assert marks["s06"]["points"] == 0
    assert {mark["status"] for mark in marks["s06"]["marks"]} == {"not checked"}


def test_answers_that_equal_everything_and_guesses_give_nothing(marks):
    assert marks["s07"]["points"] == 0
    assert of(marks["s07"], "9.1a")[1] == (
        "an answer of the type Always cannot be graded"
    )
    assert "9.1b was answered 2 times: the last counts" in marks["s07"]["notes"]


def test_own_files_are_there_and_the_graders_environment_is_not(marks):
    """And its own json.py and zmq.py did not take the place of the real ones."""
    statuses = {mark["question"]: mark["status"] for mark in marks["s08"]["marks"]}
    assert statuses == dict.fromkeys(["9.1a", "9.1b", "9.1c"], "right")


def test_what_notebooks_do_besides_python_works(marks):
    """Figures, magics, await, exit, display."""
    assert marks["s09"]["points"] == 6
    assert marks["s09"]["notes"] == []


def test_who_lacks_a_notebook_has_no_points_for_it(school):
    second = {result.student: result.notebooks[1] for _, result in school}
    assert (second["s01"].points, second["s01"].notebook) == (1, "w.ipynb")
    assert (second["s02"].points, second["s02"].of) == (0, 1)
    assert second["s02"].notes == ["it was not handed in"]
    assert [result.ignored for _, result in school][:2] == [["notes.ipynb"], []]


@pytest.mark.parametrize(
    ("files", "students"),
    [
        (["week01/a.ipynb", "student/week01/a.ipynb"], ["class"]),
        (["a.ipynb", "s01/a.ipynb"], ["class"]),
        (["s01/a.ipynb", "s02/deep/down/a.ipynb", ".git/a.ipynb"], ["s01", "s02"]),
    ],
)
def test_whose_work_is_in_a_folder(files, students, tmp_path):
    folder = tmp_path / "class"
    for file in files:
        folder.joinpath(file).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(file).write_text("{}", "utf-8")
    assert [path.name for path in submissions.students(folder)] == students


def found(folder):
    return [submissions.read(path) for path in submissions.find(folder)[0]]


NAMES = [
    "heights (1).ipynb",
    "heights-Copy1.ipynb",
    "HEIGHTS.IPYNB",
    "heights copy.ipynb",
    "Anna Berg_4711_heights_final.ipynb",
    "heights.ipynb.txt",
    "heights.ipynb.json",
    "homework.ipynb",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_notebook_asks_says_which_it_is(name, tmp_path):
    tmp_path.joinpath(name).write_text(notebook(A), "utf-8")
    chosen = submissions.candidates("heights", found(tmp_path), WORTH)
    assert [each.path.name for each in chosen] == [name]
    assert submissions.candidates("weights", found(tmp_path), WORTH) == []


@pytest.mark.parametrize("name", NAMES[:-1])
def test_what_asks_nothing_is_known_by_its_name(name, tmp_path):
    tmp_path.joinpath(name).write_text("{", "utf-8")
    (chosen,) = submissions.candidates("heights", found(tmp_path), WORTH)
    assert "damaged" in chosen.problem


def test_of_two_copies_the_one_that_was_worked_on_is_graded(tmp_path):
    """Then the one with more questions, then the newest."""
    untried = [f"raise NotImplementedError('')\n{cell}" for cell in RIGHT]
    copies = {"a": untried, "b": [A, B], "c": [A, untried[1]], "d": [A, B], "e": ["1"]}
    for i, (name, cells) in enumerate(copies.items()):
        path = tmp_path / f"heights {name}.ipynb"
        path.write_text(notebook(*cells), "utf-8")
        os.utime(path, (1000 + i, 1000 + i))
    chosen = submissions.candidates("heights", found(tmp_path), WORTH)
    assert [n.path.stem[-1] for n in chosen] == ["d", "b", "c", "a", "e"]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_notebooks_are_read_in_any_unicode(encoding, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(notebook("# β\n" + A).encode(encoding))
    read = submissions.read(path)
    assert read.cells[1] == "# β\n" + A
    assert read.asked == {"9.1a": [2]}


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "[" * 100_000, '{"cells": 1}', '{"worksheets": []}', "\x00"),
        *('{"cells": [{"cell_type": "code"}]}', '{"cells": [1]}', "9" * 10_000),
        '{"cells": [{"cell_type": "code", "source": [1]}]}',
        '{"cells": [{"cell_type": "code", "source": {"a": 1}}, {}]}',
        notebook("x" * 2_000_000),
    ],
)
def test_what_is_no_notebook_has_a_problem_and_no_cells(text, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(text, "utf-8")
    read = submissions.read(path)
    assert read.problem
    assert read.cells == []


def test_a_link_to_the_solutions_is_not_read(tmp_path):
    tmp_path.joinpath("solutions.ipynb").write_text(notebook(*RIGHT), "utf-8")
    link = tmp_path / "x.ipynb"
    link.symlink_to(tmp_path / "solutions.ipynb")
    assert "link" in submissions.read(link).problem


@linux
def test_whatever_is_handed_in_costs_nobody_else_a_point(tmp_path, bubblewrap):
    hand_in(tmp_path, dict.fromkeys(["a01", "z99"], notebook(*RIGHT)))
    for name in ("dir", "fifo", "loop", "giant", "gone", "deep", "nested", "locked"):
        tmp_path.joinpath(name).mkdir()
    (tmp_path / "dir/heights.ipynb").mkdir()
    os.mkfifo(tmp_path / "fifo/heights.ipynb")
    (tmp_path / "loop/heights.ipynb").symlink_to("heights.ipynb")
    (tmp_path / "loop/again").symlink_to(tmp_path / "loop")
    with (tmp_path / "giant/heights.ipynb").open("wb") as file:
        file.truncate(10**12)
    (tmp_path / "gone/heights.ipynb").symlink_to("nothing")
    (tmp_path / "deep/heights.ipynb").write_text("[" * 10**6, "utf-8")
    (tmp_path / "nested/heights.ipynb").mkdir()
    (tmp_path / "nested/heights.ipynb/heights.ipynb").write_text(notebook(A), "utf-8")
    tmp_path.joinpath("link").symlink_to(tmp_path / "a01")
    # Nobody may read these, unless the superuser grades.
    (tmp_path / "locked/heights.ipynb").write_text(notebook(*RIGHT), "utf-8")
    (tmp_path / "locked/folder").mkdir()
    (tmp_path / "locked/heights.ipynb").chmod(0)
    (tmp_path / "locked/folder").chmod(0)
    try:
        marks = heights(grade(tmp_path, 600))
    finally:
        (tmp_path / "locked/folder").chmod(0o700)
    assert marks["a01"]["points"] == marks["z99"]["points"] == 6
    assert marks["nested"]["points"] == 1
    may = os.getuid() == 0
    assert marks["locked"]["points"] == (6 if may else 0)
    for name in ("dir", "fifo", "loop", "giant", "gone", "deep"):
        assert {mark["status"] for mark in marks[name]["marks"]} == {"not readable"}
        assert marks[name]["notes"][0]
    assert "link" in marks["link"]["notes"][0]


@linux
def test_a_grader_that_fails_says_so_and_goes_on(tmp_path, monkeypatch, bubblewrap):
    run = workers.run

    def fails(cells, student, *rest):
        if student.name == "s01":
            raise OSError("no space left")
        return run(cells, student, *rest)

    monkeypatch.setattr(workers, "run", fails)
    hand_in(tmp_path, dict.fromkeys(["s01", "s02"], notebook(*RIGHT)))
    marks = heights(grade(tmp_path))
    said = "the grader failed: OSError: no space left"
    assert of(marks["s01"], "9.1a") == ("not graded", said)
    assert marks["s01"]["notebook"] == marks["s02"]["notebook"]
    assert marks["s02"]["points"] == 6


def test_a_task_that_takes_too_long_is_given_up_alone(tmp_path, monkeypatch):
    tmp_path.joinpath("x.ipynb").write_text(notebook(A), "utf-8")
    with helper.Helper("handed_in") as desk:
        monkeypatch.setattr(helper, "SECONDS", 0)
        assert "cannot be judged within" in desk.judge("9.1a", '["plain", 182.5]')
        monkeypatch.setattr(helper, "SECONDS", 600)
        assert desk.judge("9.1a", '["plain", 182.5]') == ""
        assert desk.judge("9.1a", '["plain", 1]') != ""
        assert desk.read(tmp_path / "x.ipynb").asked == {"9.1a": [2]}


ARRAY = np.array([[1.0, np.nan], [0.1 + 0.2, 1e300]])


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (ARRAY, ARRAY),
        (pd.DataFrame(ARRAY), ARRAY),
        (sparse.csc_array(ARRAY), ARRAY),
        (pd.Series(["a", "b"], dtype="category"), np.array(["a", "b"])),
        (np.empty((0, 3)), np.empty((0, 3))),
        (np.array([True, False]), np.array([True, False])),
        ([1, (2.5, "x"), None], [1, [2.5, "x"], None]),
        (np.int64(3), 3),
        (pl.DataFrame(ARRAY), ARRAY),
        (pl.Series(["a", "b"]), np.array(["a", "b"])),
        (range(2), [0, 1]),
    ],
)
def test_answers_arrive_as_they_were(answer, wanted):
    kind, name, packed = json.loads(answers.record("9.1a", answer))
    assert (kind, name) == ("answer", "9.1a")
    np.testing.assert_equal(answers.unpack(packed), wanted)


@pytest.mark.parametrize(
    "packed",
    [
        None,
        7,
        [],
        ["plain", {}],
        ["pickle", "gASV"],
        ["array", [[2, 3], [1]]],
        ["array", [[-1], "x", 1]],
        ["list", 7],
        ["model", {"formula": "y ~ x"}],
        ["model", [1]],
        ["other", "function"],
        ["list", ["x"] * 3],
        ["plain", "x" * 10_000],
        ["array", [[1], ["x" * 10_000]]],
    ],
)
def test_nothing_else_is_made_of_what_arrives(packed):
    with pytest.raises(ValueError, match=r".+"):
        answers.unpack(json.dumps(packed))


def test_lists_within_themselves_are_told_by_type():
    endless = []
    endless.append(endless)
    _, *said = json.loads(answers.record("x", endless))
    assert said == ["x", '["other", "list"]']


def test_lines_that_nobody_understands_are_passed_over():
    good = answers.record("9.1a", 1).encode()
    text = b"\xff\n{}\n[1]\n[]\n" + good + b'\n["end", 9, ""]\n' + good[:-3]
    result = runner._read(text, cells=1)
    assert result == runner.Run(given={"9.1a": ['["plain", 1]']})


def test_command_prints_a_table_and_writes_json_and_xml(
    school, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(grading, "grade", lambda *_, **__: iter(school))
    files = tmp_path / "marks.json", tmp_path / "marks.xml"
    wanted = ["class", "--json", str(files[0]), "--junit", str(files[1])]
    wanted += ["--keep", str(tmp_path)]
    assert command.main(wanted) == 0
    rows = capsys.readouterr().out.splitlines()
    assert re.match(r"\| student +\| notebook +\| points +\| of +\| notes +\|", rows[0])
    (row,) = (row for row in rows if "week09/heights" in row and "s03" in row)
    assert re.match(r"\| s03 +\| week09/heights +\| 6 +\| 6 +\| cell 3", row)
    assert "Not graded: s01: notes.ipynb" in rows
    assert "Sandbox: bubblewrap." in rows
    data = json.loads(files[0].read_text("utf-8"))
    points = {each["student"]: each["points"] for each in data["students"]}
    assert points["s01"] == 7
    assert points["s03"] == 6
    cases = ElementTree.parse(files[1]).getroot().findall(".//testcase[failure]")
    failed = {(case.get("classname"), case.get("name")) for case in cases}
    assert ("s02/week09/heights.ipynb", "9.1b") in failed
    assert not [name for name, _ in failed if name == "s01/week09/heights.ipynb"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "marks.json",
        "marks.xml",
    ]


def answer(name):
    """A right answer to a question of the course."""
    return f'check("{name}", {np.asarray(FIRST[name].answer()).tolist()!r})'


@linux
def test_who_was_graded_keeps_the_marks_when_the_grader_is_stopped(
    tmp_path, bubblewrap
):
    folder, file = tmp_path / "class", tmp_path / "marks.json"
    hand_in(folder, {"s01": notebook(answer("1.4a"))})
    endless = "while True:\n    try:\n        while True: pass\n    except: pass"
    hand_in(folder, {"s02": notebook(endless, answer("1.4a"))})
    line = [sys.executable, "-m", "methods3.grade", str(folder), "--json", str(file)]
    line += ["--seconds", "1000", "--jobs", "1", "--keep", str(tmp_path / "kept")]
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def students():
        text = file.read_text("utf-8") if file.exists() else '{"students": []}'
        return json.loads(text)["students"]

    while not students() and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate()
    assert process.returncode == 1
    assert [(each["student"], each["points"]) for each in students()] == [("s01", 1)]
    assert "| s01" in out


HOLDS = """
import time
from methods3.grade.places import temporary_folder
with temporary_folder() as place:
    open(f"{place}/work", "w").close()
    print(place, flush=True)
    time.sleep(1000)
"""


def test_the_next_grading_deletes_what_one_left_that_was_killed(tmp_path, monkeypatch):
    """And nothing of one that runs, of another user, or of another name."""
    temporary = tmp_path / "temporary"
    for name in ("mlm-grade-report", "other", "class"):
        temporary.joinpath(name).mkdir(parents=True)
    before = set(temporary.iterdir())
    line = [sys.executable, "-c", HOLDS]
    env = os.environ | dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(temporary))
    with ExitStack() as stack:
        graders = [
            stack.enter_context(
                subprocess.Popen(line, cwd=ROOT, env=env, stdout=subprocess.PIPE)
            )
            for _ in range(2)
        ]
        for grader in graders:
            stack.callback(grader.kill)
        killed, runs = (
            Path(grader.stdout.readline().decode().strip()) for grader in graders
        )
        graders[0].kill()
        graders[0].wait()
        monkeypatch.setattr(places, "gettempdir", lambda: str(temporary))
        with monkeypatch.context() as patched:
            patched.setattr(os, "getuid", lambda: 4711, raising=False)
            places.delete_left()
        assert killed.joinpath("work").exists()
        with pytest.raises(grading.GradingError, match="no notebook below"):
            list(grading.grade(temporary / "class", trust=True))
        assert {*temporary.iterdir()} == {*before, runs}
        assert runs.joinpath("work").exists()


def test_a_file_that_cannot_be_written_is_said_before_anything_runs(tmp_path, capsys):
    tmp_path.joinpath("folder").mkdir()
    for name in ("no/marks", "folder"):
        assert command.main([str(tmp_path), "--json", str(tmp_path / name)]) == 1
        assert f"{tmp_path / name} cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "x"])
def test_a_time_is_a_number_above_0(seconds, capsys):
    with pytest.raises(SystemExit):
        command.main(["class", "--seconds", seconds])
    assert "--seconds: a number above 0 is needed" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="the engine is a script")
def test_without_a_sandbox_nothing_runs(tmp_path, monkeypatch, capsys):
    """And the refusal says what was tried, and what to install."""
    tools = tmp_path / "tools"
    tools.mkdir()
    fake = tools / "docker"
    fake.write_text("#!/bin/sh\necho 'Cannot connect to the daemon' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    hand_in(tmp_path / "class", {"s01": notebook("open('ran', 'w')", answer("1.4a"))})
    assert command.main([str(tmp_path / "class")]) == 1
    said = capsys.readouterr().err
    for part in (
        "bwrap: not installed",
        "docker: does not work: Cannot connect to the daemon",
        "apt install bubblewrap",
        "apparmor_restrict_unprivileged_userns=0",
        f"docker build -t mlm-grade {str(sandbox.DOCKERFILE.parent)!r}",
        "--trust",
    ):
        assert part in said


def test_with_trust_it_runs_and_says_so_loudly(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    hand_in(tmp_path / "class", {"s01": notebook(answer("1.4a"))})
    file = tmp_path / "marks.json"
    line = [str(tmp_path / "class"), "--trust", "--json", str(file)]
    assert command.main([*line, "--keep", str(tmp_path / "kept")]) == 0
    said = capsys.readouterr()
    assert "WITHOUT A SANDBOX" in said.err
    assert "Sandbox: nothing (--trust)" in said.out
    marks = json.loads(file.read_text("utf-8"))
    assert marks["students"][0]["points"] == 1
    assert marks["sandbox"].startswith("nothing (--trust)")


ENGINE = """#!{python}
import csv, json, os, subprocess, sys, tempfile
given = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(json.dumps(given) + "\\n")
if given[0] == "run":
    mounts = {{}}
    for key, value in zip(given, given[1:]):
        if key == "--mount":
            parts = dict(part.split("=") for part in next(csv.reader([value]))[:3])
            mounts[parts["dst"]] = parts["src"]
    job = json.loads(sys.stdin.readline())
    job["from"], job["sandbox"] = mounts[job["from"]], "none"
    job["to"] = tempfile.mkdtemp(dir={place!r})
    paths = os.pathsep.join([mounts["/graded/course"], *{packages!r}])
    inside = given[given.index("mlm-grade") + 2 :]
    done = subprocess.run([sys.executable, *inside], input=json.dumps(job).encode(),
                          env={{"PYTHONPATH": paths, "HOME": job["to"]}})
    sys.exit(done.returncode)
"""


@pytest.mark.skipif(os.name != "posix", reason="the engine is a script")
@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_how_an_engine_of_containers_is_asked(engine, tmp_path, monkeypatch):
    """By an engine that isolates nothing: it only notes what it was asked to do."""
    tools, log = tmp_path / "tools", tmp_path / "log"
    tools.mkdir()
    packages = sandbox._packages()
    tools.joinpath(engine).write_text(
        ENGINE.format(
            python=sys.executable, log=str(log), place=str(tmp_path), packages=packages
        )
    )
    tools.joinpath(engine).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    folder = tmp_path / "a class, with commas"
    hand_in(folder, {"s01": notebook(*RIGHT)})
    assert heights(grade(folder))["s01"]["points"] == 6
    asked = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    first, last, removed = asked
    # Once to see whether it works.
    assert first[0] == last[0] == "run"
    # Whatever has become of it: an engine goes on when its command is stopped.
    assert removed == ["rm", "--force", last[last.index("--name") + 1]]
    options = " ".join(last[: last.index("mlm-grade")])
    for wanted in (
        *("--network none", "--read-only", "--cap-drop ALL", "--pull never"),
        *("--security-opt no-new-privileges", f"--memory {sandbox.MEMORY}"),
        f"--memory-swap {sandbox.MEMORY} --pids-limit {sandbox.PROCESSES}",
        *("--rm", "--interactive", "--user ", "--tmpfs /graded/place:"),
    ):
        assert wanted in options
    mounts = [last[i + 1] for i, part in enumerate(last) if part == "--mount"]
    assert len(mounts) == 2
    assert all(mount.endswith(",readonly") for mount in mounts)


def test_nobody_in_a_container_is_the_superuser(tmp_path):
    options = sandbox._container("docker", tmp_path, tmp_path, "name")
    user = options[options.index("--user") + 1]
    assert user not in ("0", "0:0")


def test_the_image_holds_what_the_library_needs():
    text = sandbox.DOCKERFILE.read_text("utf-8")
    named = set(re.findall(r'"(\S+)"', text))
    needed = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["grade"]}
    assert named == {each for each in needed if not each.startswith("psutil")}


def test_no_copy_of_the_answers_goes_into_a_sandbox(tmp_path):
    library = sandbox.without_answers(tmp_path / "library")
    names = [path.relative_to(library) for path in library.rglob("*")]
    assert not [name for name in names if "check" in name.parts]
    source = ROOT.joinpath("methods3/check/lectures/likelihood.py").read_text("utf-8")
    for path in (path for path in library.rglob("*") if path.is_file()):
        assert path.read_bytes() != source.encode()


@linux
def test_another_installation_of_the_library_is_covered(tmp_path):
    """An installed copy has the answers, too."""
    place = tmp_path / "python3.99" / "site-packages" / "mlm"
    place.mkdir(parents=True)
    assert sandbox._other_libraries([str(tmp_path)]) == [str(place)]
    assert sandbox._other_libraries([str(place.parent)]) == [str(place)]


def test_reports_hold_no_codes_for_terminals():
    text = report.clean("\x1b[31mred\x1b[0m\x07 \ud800 a|b\n\n" + "x" * 1000)
    assert text.startswith("red a|b x")
    assert len(text) == report.LONGEST
    assert "a|b" not in report.table([{"student": "a|b", "notebooks": []}])


def test_nothing_to_grade_is_an_error(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "methods3.grade", str(tmp_path), "--trust"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "is an exercise of the course: from_r_to_python" in done.stderr


def test_marks_of_before_stay_where_nothing_is_graded(tmp_path, capsys):
    """A folder whose name is mistyped costs nobody the marks of yesterday."""
    marks, page = tmp_path / "marks.json", tmp_path / "x.ipynb"
    marks.write_text("of before", "utf-8")
    page.write_text("{}", "utf-8")
    for folder, words in [(tmp_path / "clas", "no folder"), (page, "is a file")]:
        assert command.main([str(folder), "--json", str(marks)]) == 1
        assert words in capsys.readouterr().err
        assert marks.read_text("utf-8") == "of before"
    assert sorted(tmp_path.iterdir()) == [marks, page]


def test_points_are_the_stars_of_the_exercises():
    found = points([*find_exercises(), *find_assignments()])
    assert TARGET.read_text("utf-8") == as_toml(found), "run scripts/points.py"
    worth = [question for stars in POINTS.values() for question in stars]
    assert len(worth) == len(set(worth))
    assert set(worth) <= importlib.import_module(grading.QUESTIONS).QUESTIONS.keys()


def test_points_of_assignments_add_up():
    """Those of the machine, and those of the tables for teachers."""
    text = ROOT.joinpath("pages/teaching/assignments.md").read_text("utf-8")
    rubric = ROOT.joinpath("assignments/rubric.md").read_text("utf-8")
    sections = rubric.split("\n## ")
    rows = re.findall(r"(?m)^\| Assignment (\d) \|(.*)\|$", text)
    assert [f"assignment_{number}" for number, _ in rows] == [
        path.stem for path in find_assignments()
    ]
    for number, cells in rows:
        machine, in_words, report, total = map(int, cells.split("|"))
        assert machine == sum(POINTS[f"assignment_{number}"].values())
        tables = "".join(s for s in sections if s.startswith(f"Assignment {number}"))
        given = [int(n) for n in re.findall(r"(?m)\| (\d)+ \|$", tables)]
        assert sum(given) == in_words + report == total - machine
        source = read(ROOT / f"assignments/assignment_{number}.ipynb")
        asked = "\n".join(cell.source for cell in source.cells)
        told = re.findall(r"\*\*In words, (\w+) \((\d) points?\)\.\*\*", asked)
        assert sum(int(n) for _, n in told) == in_words
        for name, n in told:
            assert re.search(rf"(?m)^\| {name} \|.*\| {n} \|$", tables)


@linux
def test_a_picture_is_graded_by_its_lines(tmp_path, bubblewrap):
    """The worked solution has all points; a picture of other lines loses its own."""
    source = read(ROOT / "assignments/assignment_1.ipynb")
    cells = [cell.source for cell in source.cells if cell.cell_type == "code"]
    other = [c.replace('.coef["subject"]', '.coef["subject"] * [1, 2]') for c in cells]
    assert other != cells
    works = {"s01": cells, "s02": other}
    for student, code in works.items():
        folder = tmp_path / student / "assignments"
        folder.mkdir(parents=True)
        made = nbformat.v4.new_notebook(
            cells=list(map(nbformat.v4.new_code_cell, code))
        )
        nbformat.write(made, folder / "assignment_1.ipynb")
    found = list(grading.grade(tmp_path, 120))
    marks = [report.plain(result) for _, result in found]
    first, second = (student["notebooks"][0] for student in marks)
    assert first["points"] == first["of"] == 37
    assert second["points"] == 34
    assert "one slope, and it is another" in of(second, "A1.2f")[1]


def test_a_folder_of_assignments_is_the_work_of_one(tmp_path):
    tmp_path.joinpath("assignments").mkdir()
    assert submissions.students(tmp_path) == [tmp_path]


@linux
def test_the_folder_may_be_named_by_a_link(tmp_path, bubblewrap):
    hand_in(tmp_path, {"s01": notebook(*RIGHT)})
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "s01")
    assert heights(grade(link))["s01"]["points"] == 6


def test_stars_are_read_from_headings(tmp_path):
    text = "# Exercises\n\n## 2.10b ★★ A name\n\nMore ★.\n## 2.10c ★★★ Another"
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}, "id": "a"}]
    page = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(page), "utf-8")
    assert points([path]) == {"x": {"2.10b": 2, "2.10c": 3}}
    with pytest.raises(ValueError, match="another notebook with questions is called"):
        points([path, path])


def test_workflow_is_short_and_installs_this_course():
    text = ROOT.joinpath("exercises/workflow.yml").read_text("utf-8")
    assert len(text.splitlines()) <= 25
    steps = yaml.safe_load(text)["jobs"]["grade"]["steps"]
    commands = " ".join(step.get("run", "") for step in steps)
    assert "apt-get install -y bubblewrap" in commands
    assert f'pip install "./{WHEEL}[grade]"' in commands
    assert "python -P -m methods3.grade exercises/ --json marks.json" in commands
    needed = " ".join(PROJECT["optional-dependencies"]["grade"])
    assert "ipython" in needed
    assert "psutil" in needed
