"""Answers to week 1's exercises against R, closed forms, and what programs do."""

import csv
import json
import re
import shutil
import subprocess
import sys
from statistics import fmean, harmonic_mean

import numpy as np
import pytest
from conftest import ROOT
from notebooks import read

from methods3 import doctor
from methods3.check import QUESTIONS

RECORD = json.loads(
    ROOT.joinpath("tests/reference/exercises_week01.json").read_text("utf-8")
)["answers"]
# Levels of measurement are definitions: no computation says which is right.
DEFINITIONS = {"1.3a"}
# Tested one by one below.
OTHERS = {"1.1a", "1.1b", "1.1c", "1.1d", "1.2a", "1.3b", "1.5h"}
PYTHON = {"1.6a", "1.6b", "1.6c", "1.6d", "1.6e", "1.6f"}


@pytest.mark.parametrize("name", RECORD)
def test_answer_is_what_r_says(name):
    answer = np.ravel(QUESTIONS[name].answer())
    assert answer == pytest.approx(RECORD[name]["values"], rel=1e-6, abs=1e-12)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("1.")}
    assert asked == set(RECORD) | OTHERS | PYTHON | DEFINITIONS


def fences(name):
    """Blocks of text that an exercise on setting up shows, without line numbers."""
    cells = read(ROOT / "exercises/week01/setting_up.ipynb").cells
    (cell,) = (cell for cell in cells if cell.source.startswith(f"## {name} "))
    blocks = re.findall(r"```text\n(.*?)```", cell.source, re.DOTALL)
    return [re.sub(r"^ ?\d{1,2}(?:  |$)", "", block, flags=re.M) for block in blocks]


def test_the_answer_is_a_python_and_this_one():
    ask = [QUESTIONS["1.1a"].answer(), "-c", "import sys; print(sys.prefix)"]
    done = subprocess.run(ask, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sys.prefix


def test_doctor_after_the_first_command(monkeypatch, capsys):
    """The report of the exercise, and the one that follows, by the doctor herself."""

    def stand_in(name, ok):
        def check():
            return doctor.Finding(ok, "")

        check.__name__ = name
        monkeypatch.setattr(doctor, name, check)

    (report,) = fences("1.1b")
    shown = re.findall(r"^(ok|!!|--)  (\w+):", report, re.MULTILINE)
    for mark, name in shown:
        if name != "fit":
            stand_in(name, mark == "ok")
    doctor.examine()
    printed = capsys.readouterr().out
    assert re.findall(r"^(ok|!!|--)  (\w+):", printed, re.MULTILINE) == shown
    stand_in("packages", ok=True)
    doctor.examine()
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("ok") for line in lines) == QUESTIONS["1.1b"].answer()


def test_the_line_that_is_to_blame(tmp_path):
    """The script stops as the exercise shows, and runs when that line is changed."""
    script, traceback = fences("1.1c")
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "mlm/datasets/sleepstudy.csv", tmp_path / "data")

    def run(source):
        (tmp_path / "analysis.py").write_text(source, "utf-8")
        command = [sys.executable, "analysis.py"]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    stopped = run(script).stderr
    frames = re.compile(r'analysis\.py", (line \d+, in .*)')
    assert frames.findall(stopped) == frames.findall(traceback)
    assert stopped.splitlines()[-1] == traceback.splitlines()[-1]
    lines = script.splitlines()
    blamed = QUESTIONS["1.1c"].answer() - 1
    lines[blamed] = lines[blamed].replace("dta", "data")
    assert run("\n".join(lines)).stdout == "180 rows\n"


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_what_git_keeps(tmp_path):
    """The status that the exercise shows, and how many files the commit changes."""

    def git(*words):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        quiet = ("-c", "advice.statusHints=false", "-c", "core.autocrlf=false")
        command = ["git", *who, *quiet, *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        return done.stdout.decode()

    def write(name, text):
        (tmp_path / name).write_text(text, "utf-8")

    git("init")
    git("checkout", "-b", "my-notes")
    write("notes.md", "one")
    write("radon.ipynb", "one")
    git("add", ".")
    git("commit", "-m", "First")
    write("notes.md", "one and two")
    write("sleep.ipynb", "one")
    git("add", "notes.md", "sleep.ipynb")
    write("notes.md", "one, two and three")
    write("radon.ipynb", "one and two")
    write("figure.png", "")
    (shown,) = fences("1.1d")
    told = sorted(line for line in shown.splitlines() if line)
    assert sorted(line for line in git("status").splitlines() if line) == told
    git("commit", "-m", "Second")
    kept = git("show", "--name-only", "--format=").split()
    assert len(kept) == QUESTIONS["1.1d"].answer()


def test_slice_holds_the_third_to_the_sixth():
    counted = np.arange(1, 9)  # each number is its own place, in R
    start, stop = QUESTIONS["1.2a"].answer()
    assert list(counted[start:stop]) == [3, 4, 5, 6]


def test_mean_speed_is_that_of_the_harmonic_mean_of_times():
    speed = 1000 / harmonic_mean([250, 500])
    assert QUESTIONS["1.3b"].answer() == pytest.approx(speed)


@pytest.mark.parametrize("people", [3, 30])
def test_share_of_the_variance_that_is_left(people):
    """The trace of I − H over n, whatever the number of people."""
    X = np.kron(np.eye(people), np.ones((2, 1)))
    left = np.eye(2 * people) - X @ np.linalg.pinv(X)
    share = np.trace(left) / (2 * people)
    assert QUESTIONS["1.5h"].answer() == pytest.approx(share)


@pytest.fixture(scope="module")
def times():
    """Reaction times by subject and day, out of the file, without pandas."""
    path = ROOT / "mlm/datasets/sleepstudy.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["Subject"], int(r["Days"])): float(r["Reaction"]) for r in rows}


def test_program_of_the_exercise_prints_the_answer(capsys):
    cells = read(ROOT / "exercises/week01/python.ipynb").cells
    (cell,) = (cell for cell in cells if cell.source.startswith("## 1.6a "))
    (program,) = re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
    exec(program)
    assert int(capsys.readouterr().out) == QUESTIONS["1.6a"].answer()


def test_python_exercises_by_plain_loops(times):
    people = sorted({subject for subject, _ in times})
    own = {who: [times[who, day] for day in range(10)] for who in people}
    daily = [fmean(times[who, day] for who in people) for day in range(10)]
    numbers = {
        "1.6b": fmean(own["309"]),
        "1.6c": sum(own["308"]),
        "1.6d": max(daily) - daily[0],
        "1.6e": sum(fmean(values) > 300 for values in own.values()),
    }
    for name, value in numbers.items():
        assert QUESTIONS[name].answer() == pytest.approx(value), name
    slower = max(people, key=lambda who: own[who][8] - own[who][0])
    assert QUESTIONS["1.6f"].answer() == slower
