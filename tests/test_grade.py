"""The grader survives its students: each of these hands in another kind of trouble."""

import csv
import json
import re
import subprocess
import sys
from textwrap import dedent
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import psutil
import pytest
import yaml
from conftest import ROOT
from notebooks import PROJECT, WHEEL
from points import TARGET, as_toml, points
from scipy import sparse

from mlm.check import QUESTIONS
from mlm.check.questions import Mistake, Question
from mlm.grade import __main__ as command
from mlm.grade import answers, grading, landlock, report, submissions
from mlm.grade.marks import POINTS

WORTH = {"heights": {"9.1a": 1, "9.1b": 2, "9.1c": 3}}
SCALE = Mistake(lambda: "interval", "Not a scale of differences.")
ASKED = {
    "9.1a": Question(lambda: 182.5, unit="ms"),
    "9.1b": Question(lambda: [1.5, 2.5]),
    "9.1c": Question(lambda: "ordinal", mistakes=(SCALE,)),
}
GIVEN = "import numpy as np\nfrom mlm.check import check, progress"
A, B, C = RIGHT = [
    'check("9.1a", np.float64(182.5))',
    'check("9.1b", np.array([1.5, 2.5]))',
    'check("9.1c", "ordinal")\nprogress("9.1")',
]
# What a notebook may not do; each is a question, and right is who was refused.
REFUSED = [
    "from mlm.check import QUESTIONS",
    "from mlm.check.lectures.pooling import QUESTIONS",
    "del sys.modules['mlm.check']; from mlm.check import QUESTIONS",
    "open({answers!r}).read()",
    "open({neighbour!r}).read()",
    "open({file!r}, 'w')",
    "os.remove({file!r})",
    "os.rename('attempts.ipynb', {new!r})",
    "os.open({outside!r}, os.O_RDONLY)",
    "os.symlink({file!r}, 'link'); open('link', 'a')",
    "os.mkdir({new!r})",
    "os.system('touch ' + {new!r})",
    "subprocess.run(['touch', {new!r}])",
    "os.kill(os.getppid(), 9)",
    "socket.create_connection(('192.0.2.1', 80), 1)",
    "input()",
]
# In C, where only Linux can see it; 192.0.2.1 is nobody's address.
REFUSED_IN_C = [
    "assert libc.unlink({file!r}.encode()) == 0",
    "assert libc.rename(b'attempts.ipynb', {new!r}.encode()) == 0",
    "assert libc.creat({new!r}.encode(), 0o644) > 0",
    "assert libc.system(b'touch ' + {new!r}.encode()) == 0",
    "assert libc.kill(os.getppid(), 9) == 0",
    "_socket.socket().connect(('192.0.2.1', 80))",
]
TRY = """import ctypes, os, socket, subprocess, sys, _socket
libc = ctypes.CDLL(None) if os.name == "posix" else None
try:
    {attempt}
    said = "done"
except BaseException:
    said = "refused"
check({name!r}, said)
"""
if landlock.version() >= 6:
    REFUSED += REFUSED_IN_C
ATTEMPTS = {f"9.3{chr(97 + i)}": attempt for i, attempt in enumerate(REFUSED)}
WORTH["attempts"] = dict.fromkeys(ATTEMPTS, 1)
ASKED |= dict.fromkeys(ATTEMPTS, Question(lambda: "refused"))
KILL = "import os\nos._exit(1)"
PATCH = """import sys, mlm, mlm.check
def check(name, answer): return "right"
mlm.check.check = check
class Always:
    def __eq__(self, other): return True
    def __float__(self): return 182.5
    __hash__ = None
"""


FORGE = 'get_ipython().kernel.session.key = b"not the one that was agreed"'


def notebook(*cells):
    """Text of a notebook with code cells."""
    cells = [
        {"cell_type": "code", "source": source.splitlines(True), "metadata": {}}
        | {"outputs": [], "execution_count": None, "id": f"cell-{i}"}
        for i, source in enumerate([GIVEN, *cells])
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def hand_in(folder, students):
    """Lay down what each student hands in."""
    for name, text in students.items():
        folder.joinpath(name, "week09").mkdir(parents=True)
        folder.joinpath(name, "week09", "heights.ipynb").write_text(text, "utf-8")


def graded(folder, seconds=60):
    """Marks of the first notebook of each student, by their names, as plain data."""
    results = grading.grade(folder, seconds, WORTH, ASKED)
    marks = report.plain(results)
    return {each["student"]: each["notebooks"][0] for each in marks["students"]}


def of(notebook, question):
    """What is said about a question."""
    (mark,) = (mark for mark in notebook["marks"] if mark["question"] == question)
    return mark["status"], mark["said"]


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A folder that is nobody's, with a file."""
    folder = tmp_path_factory.mktemp("outside")
    folder.joinpath("file").write_text("as it was", "utf-8")
    return folder


@pytest.fixture(scope="module")
def school(tmp_path_factory, outside):
    """A class where everything goes wrong, and its marks."""
    folder = tmp_path_factory.mktemp("class")
    places = {"outside": str(outside), "file": str(outside / "file")}
    places["answers"] = f"{ROOT}/mlm/check/lectures/pooling.py"
    places["new"] = str(outside / "new")
    places["neighbour"] = str(folder / "s01/week09/heights.ipynb")
    attempts = [
        TRY.format(attempt=attempt.format(**places), name=name)
        for name, attempt in ATTEMPTS.items()
    ]
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
        "s06": notebook(PATCH, A, B, 'check("9.1c", Always())', FORGE),
        "s07": notebook(
            "from mlm.check import check as real",
            PATCH + 'real("9.1a", Always())\nfor x in 1.5, 2: real("9.1b", [x, x + 1])',
            'real("9.1c", "ordinal")\nreal("9.1c", ["nominal", "ordinal"])',
        ),
        "s08": notebook(
            'for _ in range(50): print("é" * 100_000)',
            'open("own.txt", "w").write("x")\n' + A,
            'import pandas\ncheck("9.1b", pandas.read_csv("data.csv")["x"])',
            'import os\ncheck("9.1c", os.environ.get("SECRET", "ordinal"))',
        ),
    }
    hand_in(folder, students)
    folder.joinpath("s01", "notes.ipynb").write_text(notebook("1"), "utf-8")
    folder.joinpath("s01", "attempts.ipynb").write_text(notebook(*attempts), "utf-8")
    folder.joinpath("s08", "week09", "data.csv").write_text("x\n1.5\n2.5\n", "utf-8")
    # What a student brings along takes nobody's place.
    bad = "raise SystemExit('not the real one')"
    for name in ("mlm.py", "json.py", "zmq.py", "sitecustomize.py"):
        folder.joinpath("s08", "week09", name).write_text(bad, "utf-8")
    before = tree(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", "token")
        results = grading.grade(folder, 60, WORTH, ASKED)
    assert tree(folder) == before
    return results


def tree(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def marks(school):
    found = report.plain(school)
    return {each["student"]: each["notebooks"][0] for each in found["students"]}


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
    said = "cell 3 stopped: NotImplementedError: Think of it."
    assert of(marks["s02"], "9.1b") == ("not answered", said)


def test_a_kernel_that_dies_keeps_what_was_answered(marks):
    assert marks["s03"]["points"] == 1
    assert of(marks["s03"], "9.1b") == ("not reached", "the kernel died in cell 3")
    assert "the kernel died in cell 3" in marks["s03"]["notes"]


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


def test_a_kernel_that_lies_ends_its_own_run_only(marks):
    (note,) = marks["s06"]["notes"]
    assert note.startswith("the kernel failed: Invalid Signature")


def test_answers_that_equal_everything_and_guesses_give_nothing(marks):
    assert marks["s07"]["points"] == 0
    assert of(marks["s07"], "9.1a")[1] == (
        "an answer of the type Always cannot be graded"
    )
    assert "9.1b was answered 2 times: the last counts" in marks["s07"]["notes"]


@pytest.mark.parametrize("name", ATTEMPTS, ids=ATTEMPTS.get)
def test_what_is_out_of_reach_is_refused(name, school):
    (attempts,) = (g for g in school[0].notebooks if g.notebook == "attempts.ipynb")
    status = {mark.question: mark.status for mark in attempts.marks}
    assert status[name] == "right"


def test_nothing_happened_outside(school, outside):
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert outside.joinpath("file").read_text("utf-8") == "as it was"


def test_own_files_are_there_and_the_graders_environment_is_not(marks):
    """And its own json.py and zmq.py did not take the place of the real ones."""
    statuses = {mark["question"]: mark["status"] for mark in marks["s08"]["marks"]}
    assert statuses == dict.fromkeys(["9.1a", "9.1b", "9.1c"], "right")


def test_who_lacks_a_notebook_has_no_points_for_it(school):
    second = {result.student: result.notebooks[1] for result in school}
    assert second["s01"].points == second["s01"].of == len(ATTEMPTS)
    assert (second["s02"].points, second["s02"].of) == (0, len(ATTEMPTS))
    assert second["s02"].notes == ["it was not handed in"]
    assert [result.ignored for result in school][:2] == [["notes.ipynb"], []]


@pytest.mark.skipif(sys.platform != "linux", reason="forks by hand")
def test_a_notebook_that_hangs_is_stopped_with_all_it_started(tmp_path):
    fork = "import ctypes\nctypes.CDLL(None).fork()\nwhile True: pass"
    hand_in(tmp_path, {"s01": notebook(A, fork, B), "s02": notebook(A)})
    marks = graded(tmp_path, seconds=5)
    assert of(marks["s01"], "9.1a")[0] == "right"
    assert of(marks["s01"], "9.1b") == ("not reached", "time ran out in cell 3")
    assert of(marks["s02"], "9.1a")[0] == "right"
    commands = [
        process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])
    ]
    assert not [line for line in commands if str(tmp_path) in " ".join(line)]


def test_what_changes_meanwhile_is_told(tmp_path, monkeypatch):
    library, work = tmp_path / "mlm", tmp_path / "work"
    for folder in (library, work):
        folder.mkdir()
        folder.joinpath("file").write_text("before", "utf-8")
    monkeypatch.setattr(grading, "LIBRARY", library)
    watch = grading._Watch(work)
    assert list(watch.changes("x.ipynb")) == []
    work.joinpath("file").write_text("behind", "utf-8")
    assert list(watch.changes("x.ipynb")) == [
        "a file outside changed while it ran: file"
    ]
    library.joinpath("file").unlink()
    with pytest.raises(grading.GradingError, match=r"changed while x.ipynb ran.*file"):
        list(watch.changes("x.ipynb"))


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


def test_of_two_copies_the_one_with_more_questions_is_graded(tmp_path):
    for name, cells in (("a", [A]), ("b", RIGHT), ("c", [])):
        tmp_path.joinpath(name).mkdir()
        tmp_path.joinpath(name, "x.ipynb").write_text(notebook(*cells), "utf-8")
    found = submissions.notebooks(tmp_path)
    chosen, others = grading._choose(found, WORTH["heights"])
    assert chosen.path.parent.name == "b"
    assert [other.path.parent.name for other in others] == ["a", "c"]


@pytest.mark.parametrize(
    "text", ["", "[]", "[" * 100_000, '{"cells": 1}', '{"worksheets": []}', "\x00"]
)
def test_what_is_no_notebook_has_a_problem_and_no_cells(text, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(text, "utf-8")
    found = submissions.read(path)
    assert found.problem
    assert found.cells == []


def test_a_link_to_the_solutions_is_not_read(tmp_path):
    tmp_path.joinpath("solutions.ipynb").write_text(notebook(*RIGHT), "utf-8")
    link = tmp_path / "x.ipynb"
    link.symlink_to(tmp_path / "solutions.ipynb")
    assert "link" in submissions.read(link).problem


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
    ],
)
def test_answers_arrive_as_they_were(answer, wanted):
    name, packed = json.loads(answers.record("9.1a", answer))
    assert name == "9.1a"
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
        ["other", "function"],
    ],
)
def test_nothing_else_is_made_of_what_arrives(packed):
    with pytest.raises(ValueError, match=r".+"):
        answers.unpack(packed)


def test_lists_within_themselves_are_told_by_type():
    endless = []
    endless.append(endless)
    assert json.loads(answers.record("x", endless)) == ["x", ["other", "list"]]


def test_lines_that_nobody_understands_are_passed_over(tmp_path):
    file = tmp_path / "answers"
    good = answers.record("9.1a", 1).encode()
    file.write_bytes(b"\xff\n{}\n[1]\n" + good + b"\n" + good[:-3])
    assert answers.read(file) == {"9.1a": [["plain", 1]]}


def test_command_prints_a_table_and_writes_json_and_xml(
    school, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(grading, "grade", lambda folder, seconds: school)
    files = tmp_path / "marks.json", tmp_path / "marks.xml"
    wanted = ["class", "--json", str(files[0]), "--junit", str(files[1])]
    assert command.main(wanted) == 0
    rows = capsys.readouterr().out.splitlines()
    assert re.match(r"\| student +\| notebook +\| points +\| of +\| notes +\|", rows[0])
    (row,) = (row for row in rows if "week09/heights" in row and "s03" in row)
    assert re.match(r"\| s03 +\| week09/heights +\| 1 +\| 6 +\| not reached 9", row)
    assert "Not graded: s01: notes.ipynb" in rows
    data = json.loads(files[0].read_text("utf-8"))
    points = {each["student"]: each["points"] for each in data["students"]}
    assert points["s01"] == 6 + len(ATTEMPTS)
    assert points["s03"] == 1
    cases = ElementTree.parse(files[1]).getroot().findall(".//testcase[failure]")
    failed = {(case.get("classname"), case.get("name")) for case in cases}
    assert ("s02/week09/heights.ipynb", "9.1b") in failed
    assert not [name for name, _ in failed if name == "s01/week09/heights.ipynb"]


def test_reports_hold_no_codes_for_terminals():
    text = report.clean("\x1b[31mred\x1b[0m\x07 \ud800 a|b\n\n" + "x" * 1000)
    assert text.startswith("red a|b x")
    assert len(text) == report.LONGEST
    marks = {"students": [{"student": "a|b", "notebooks": []}]}
    assert "a|b" not in report.table(marks)


def test_nothing_to_grade_is_an_error(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mlm.grade", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "no exercise below" in done.stderr


def test_points_are_the_stars_of_the_exercises():
    found = points(ROOT / "exercises")
    assert TARGET.read_text("utf-8") == as_toml(found), "run scripts/points.py"
    worth = [question for stars in POINTS.values() for question in stars]
    assert len(worth) == len(set(worth))
    assert set(worth) <= QUESTIONS.keys()


def test_stars_are_read_from_headings(tmp_path):
    text = "# Exercises\n\n## 2.10b ★★ A name\n\nMore ★.\n## 2.10c ★★★ Another"
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}, "id": "a"}]
    page = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    tmp_path.joinpath("week02").mkdir()
    tmp_path.joinpath("week02/x.ipynb").write_text(json.dumps(page), "utf-8")
    assert points(tmp_path) == {"x": {"2.10b": 2, "2.10c": 3}}


def test_workflow_is_short_and_installs_this_course():
    text = ROOT.joinpath("exercises/workflow.yml").read_text("utf-8")
    assert len(text.splitlines()) <= 25
    steps = yaml.safe_load(text)["jobs"]["grade"]["steps"]
    commands = " ".join(step.get("run", "") for step in steps)
    assert f'pip install "./{WHEEL}[grade]"' in commands
    assert "python -P -m mlm.grade exercises/ --json marks.json" in commands
    needed = " ".join(PROJECT["optional-dependencies"]["grade"])
    assert "ipykernel" in needed
    assert "jupyter_client" in needed


def test_marks_go_into_moodles_worksheet(tmp_path):
    """The program on the teachers' page fills the column, and leaves the rest."""
    page = ROOT.joinpath("teaching/grading.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    student = {"student": "Anna Berg_4711_assignsubmission_file", "points": 7}
    marks = json.dumps({"students": [student]})
    tmp_path.joinpath("marks.json").write_text(marks, "utf-8")
    sheet = "Identifier,Full name,Grade\nParticipant 4711,Anna Berg,\n"
    sheet += "Participant 12,Bent Dahl,3\n"
    tmp_path.joinpath("worksheet.csv").write_text(sheet, "utf-8-sig")
    subprocess.run([sys.executable, "-c", dedent(program)], cwd=tmp_path, check=True)
    with tmp_path.joinpath("marks.csv").open(encoding="utf-8", newline="") as file:
        grades = {row["Identifier"]: row["Grade"] for row in csv.DictReader(file)}
    assert grades == {"Participant 4711": "7", "Participant 12": "3"}
