"""A class of thirty is graded, and its marks go back to where its work came from.

Their notebooks run in a runner that only reads them: what really runs is tried
elsewhere.
"""

import ast
import csv
import html
import io
import json
import os
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import ROOT
from handed_in import GIVEN, QUESTIONS, RIGHT, WORTH, grade, hand_in, notebook, of

from methods3.check.diagnose import diagnosis
from methods3.grade import __main__ as command
from methods3.grade import (
    downloads,
    feedback,
    files,
    grading,
    helper,
    items,
    kept,
    progress,
    sheet,
    submissions,
    tables,
    upload,
    workers,
)
from methods3.grade.answers import record
from methods3.grade.marks import POINTS
from methods3.grade.runner import Run

A, B, C = RIGHT
OPEN = 'raise NotImplementedError("Think of it.")'
# What each student makes of the three questions: right, wrong, in another unit, open.
ANSWERS = {
    "9.1a": {"r": "182.5", "w": "17", "u": "0.1825", "o": None},
    "9.1b": {"r": "[1.5, 2.5]", "w": "[1, 1]", "u": "[1.5, 2.5, 3]", "o": None},
    "9.1c": {"r": "'ordinal'", "w": "'interval'", "u": "'nominal'", "o": None},
}
MADE = (
    *("rrr", "rrw", "rrr", "rwo", "uwo", "rrr", "woo", "rrw", "ooo", "urr"),
    *("rrr", "uww", "rro", "rwr", "rrr", "wwu", "rrr", "roo", "urw", "rrr"),
    *("rrr", "rru", "rrr", "oww", "rrr", "ruo", "uuu", "rrr", "rrw", "rrr"),
)
NAMES = [
    "=cmd Öberg",
    "+1 Anna",
    '<b onload="x">Bobby',
    "O'Neil, Pat",
    "Zoë 2",
    *(f"First{i} Last{i}" for i in range(6, 31)),
]
FROM_R = [0.1556997888, 0.5229577884, 0.5400617249]
FOLDERS = [f"{name}_{4000 + i}_assignsubmission_file" for i, name in enumerate(NAMES)]


def work(made, whose=""):
    """A notebook with these answers."""
    cells = [f"# {whose}"]
    for (question, given), kind in zip(ANSWERS.items(), made, strict=True):
        ask = f'check("{question}", {given[kind] or "answer"})'
        cells.append(ask if given[kind] else f"{OPEN}\n{ask}")
    return notebook(*cells)


def reads(cells, *_):
    """Run nothing: take the answers from the text."""
    run = Run(ran=len(cells))
    for number, cell in enumerate(cells, start=1):
        if cell.startswith(OPEN):
            run.errors[number] = "NotImplementedError: Think of it."
        else:
            for name, text in re.findall(r'check\("(\S+)", (.*)\)', cell):
                value = ast.literal_eval(re.sub(r"np\.\w+\((.*)\)", r"\1", text))
                run.given[name] = [json.loads(record(name, value))[2]]
    return run


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Every test's own runner and questions."""
    ran = []

    def run(cells, student, *rest):
        ran.append(student.name)
        return reads(cells)

    real = grading.grade

    def graded(folder, seconds=120, points=WORTH, questions="handed_in", **options):
        return real(folder, seconds, points, questions, **options)

    monkeypatch.setattr(workers, "run", run)
    monkeypatch.setattr(grading, "grade", graded)
    monkeypatch.setattr(grading, "Helper", Here)
    return ran


class Here(helper.Helper):
    """Reads and judges in this process, which is as right, and quick."""

    def read(self, path):
        return submissions.read(path)

    def judge(self, question, packed):
        return helper._judged("handed_in", question, packed)


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory):
    """As Moodle's *Download all submissions* is unpacked."""
    folder = tmp_path_factory.mktemp("moodle") / "class"
    for name, made in zip(FOLDERS, MADE, strict=True):
        folder.joinpath(name).mkdir(parents=True)
        folder.joinpath(name, "heights.ipynb").write_text(work(made, name), "utf-8")
    return folder


def points(made):
    return sum(
        worth * (kind == "r")
        for kind, worth in zip(made, WORTH["heights"].values(), strict=True)
    )


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def run_command(folder, place, *options):
    line = [str(folder), "--trust", "--keep", str(place / "kept"), *map(str, options)]
    return command.main(line)


WORKSHEET = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be "
    "changed,Last modified (submission),Last modified (grade),Feedback comments\r\n"
)


def worksheet(largest="6.00"):
    """As Moodle writes it: only cells that need quotes have them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    dates = "Yes", "Wednesday, 30 September 2026, 11:58 AM", "-", ""
    for i, name in enumerate([*NAMES, "Late Comer"]):
        who = f"Participant {4000 + i}", name, f"s{i}@example.org"
        rows.writerow([*who, "Submitted for grading", "", largest, *dates])
    return (WORKSHEET + text.getvalue()).encode()


def imported(content, largest):
    """Take grades from a worksheet as Moodle's importer does (importgradeslib.php)."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = next(rows)
    who, grade, _, words = map(
        header.index,
        ["Identifier", "Grade", "Last modified (grade)", "Feedback comments"],
    )
    taken = {}
    for row in rows:
        assert len(row) == len(header)
        number = int(row[who][len("Participant ") :])
        if row[grade] and 0 <= float(row[grade]) <= largest:
            taken[number] = float(row[grade]), row[words]
    return taken


def test_marks_go_into_moodles_worksheet(class_folder, tmp_path, capsys):
    path = tmp_path / "worksheet.csv"
    path.write_bytes(worksheet())
    assert run_command(class_folder, tmp_path, "--moodle", path) == 0
    assert path.read_bytes() == worksheet(), "what Moodle made stays"
    content = tmp_path.joinpath("worksheet-marks.csv").read_bytes()
    taken = imported(content, largest=6)
    assert {n: mark for n, (mark, _) in taken.items()} == {
        4000 + i: points(made) for i, made in enumerate(MADE)
    }
    comments = {n: words for n, (_, words) in taken.items()}
    assert comments[4001].startswith("3 of 6 points<br>heights: 3 of 6 points<br>")
    assert "9.1a wrong: The digits are right, the unit is not" in comments[4004]
    assert "9.1c open: there is no answer in it yet" in comments[4004]
    assert "9.1a" not in comments[4000]
    # Nothing else has changed: with both columns emptied it is the file of before.
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    for row in rows[1:]:
        row[4] = row[9] = ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    assert text.getvalue().encode() == worksheet()
    out = capsys.readouterr().out
    assert f"Upload {tmp_path / 'worksheet-marks.csv'}" in out


def test_marks_are_scaled_to_the_assignments_maximum_and_it_is_said(
    class_folder, tmp_path, capsys
):
    path = tmp_path / "w.csv"
    path.write_bytes(worksheet("100.00"))
    assert run_command(class_folder, tmp_path, "--moodle", path) == 0
    taken = imported(tmp_path.joinpath("w-marks.csv").read_bytes(), 100)
    assert taken[4000][0] == 100
    assert taken[4001][0] == 50
    assert taken[4009][0] == 83.33
    assert "6 points are 100 there: marks are scaled" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("Anna Berg_4711_assignsubmission_file", 0),
        ("Anna Berg_4711_assignsubmission_file_", 0),
        ("Group_4711_assignsubmission_file_x_99_y", 0),
        ("Participant 4711", 0),
        ("Participant_4711_assignsubmission_file", 0),
        ("anna berg", 0),
        ("Berg, Anna", 0),
        ("anna@example.org", 0),
        ("Åsa Öst", 1),
        ("A\u030asa O\u0308st", 1),
        ("Bo Ek", None),
        ("Participant 9", None),
    ],
)
def test_who_is_who_in_moodle(who, found, tmp_path):
    path = tmp_path / "w.csv"
    rows = (
        "Participant 4711,Anna Berg,anna@example.org,\nParticipant 5,Åsa Öst,b@x.y,\n"
    )
    rows += "Participant 6,Bo Ek,c@x.y,\nParticipant 7,Bo Ek,d@x.y,"
    path.write_text(f"Identifier,Full name,Email address,Grade\n{rows}", "utf-8")
    book = upload.Moodle(path)
    said = book.fill([{"student": who, "points": 3, "of": 6, "notebooks": []}])
    after = [book.sheet.cell(row, "Grade") for row in range(4)]
    assert after == ["3" if row == found else "" for row in range(4)]
    assert any(who in each for each in said) == (found is None)


@pytest.mark.parametrize(
    "text",
    [
        'a;b\n1;"x ""y"" z"\n',
        "\ufeffa,b\r\n1,\r\n2,3",
        'a\tb\n"multi\nline"\t\n',
        "a,b\n1,2\n\n",
        'a,b\n"1"  ,un"quoted\n',
        "b,a,c\n,,",
    ],
)
def test_cells_that_are_not_filled_stay_byte_for_byte(text):
    content = text.encode()
    book = sheet.Sheet(content, ["a", "b"])
    assert book.content() == content
    book.fill(0, "b", 'say "hi", you')
    assert sheet.Sheet(book.content(), ["a", "b"]).cell(0, "b") == 'say "hi", you'
    short = sheet.Sheet(b"a,b,c\r\n1\r\n2,,3", ["a", "c"])
    short.fill(0, "c", "x")
    assert short.content() == b"a,b,c\r\n1,,x\r\n2,,3"
    latin = "a,b\nÖberg,1\n".encode("latin-1")
    assert sheet.Sheet(latin, ["a"]).content() == latin


def test_a_worksheet_in_another_language_is_refused_before_anything_runs(
    class_folder, tmp_path, capsys, quick
):
    path = tmp_path / "w.csv"
    path.write_text("ID,Vollständiger Name,Bewertung\n", "utf-8")
    assert run_command(class_folder, tmp_path, "--moodle", path) == 1
    said = capsys.readouterr().err
    assert "no column 'Identifier'" in said
    assert "Set Moodle's language to English" in said
    assert run_command(class_folder, tmp_path, "--moodle", tmp_path / "no.csv") == 1
    assert "no.csv cannot be read" in capsys.readouterr().err
    assert quick == []


GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Heights (77),Weights (78),"
    "Final Score\n,,,,,Manual Posting,,\n"
    "    Points Possible,,,,,6.00,1.00,(read only)\n"
    '"Berg, Anna",11,S1,anna@x.y,M3,,1.00,80\n"=1+1, Bo",12,S2,bo@x.y,M3,2.00,,\n'
    '"Ek, Cia",13,S3,cia@x.y,M3,,,\n"Student, Test",99,,t,M3,,,\n'
)


def canvas_folder(place):
    """As Canvas's *Download Submissions* is unpacked: all files in one folder."""
    folder = place / "class"
    folder.mkdir()
    there = {
        "berganna_11_501_heights.ipynb": work("rrw"),
        "berganna_11_502_data.csv": "x",
        "bo_LATE_12_503_heights-1.ipynb": work("rrr"),
        "ekcia_13_504_heights.ipynb": work("woo"),
        "ekcia_13_505_heights.ipynb": work("rro"),
        "ekcia_13_506_text.html": "x",
    }
    for name, text in there.items():
        folder.joinpath(name).write_text(text, "utf-8")
    return folder


def test_marks_go_into_canvas_gradebook(tmp_path, capsys):
    """Which is read back as gradebook_importer.rb does."""
    folder, path = canvas_folder(tmp_path), tmp_path / "book.csv"
    path.write_text(GRADEBOOK, "utf-8")
    options = "--canvas", path, "--feedback", tmp_path / "back"
    assert run_command(folder, tmp_path, *options) == 1
    said = capsys.readouterr().err
    assert "2 columns of assignments: 'Heights (77)', 'Weights (78)'" in said
    assert run_command(folder, tmp_path, *options, "--column", "Heights") == 0
    filled = tmp_path.joinpath("book-marks.csv").read_text("utf-8")
    header, *rows = csv.reader(filled.splitlines())
    assert header[0] == "Student"
    assert header[1] == "ID"
    graded = [row for row in rows if row[0].strip() not in ("", "Points Possible")]
    assert [row[1] for row in graded] == ["11", "12", "13", "99"]
    assert [row[5] for row in graded] == ["3", "6", "3", ""]
    assert "this copy counts, and not heights.ipynb" in capsys.readouterr().out
    emptied = filled.replace("M3,3,", "M3,,").replace("M3,6,", "M3,2.00,")
    assert emptied == GRADEBOOK
    # Canvas finds user and file in the names of feedback: the first two numbers.
    names = sorted(path.name for path in tmp_path.joinpath("back").glob("*.html"))
    found = [re.findall(r"(?<=_)\d+(?=_)", name)[:2] for name in names]
    assert found == [["11", "501"], ["12", "503"], ["13", "504"]]


def test_moodles_files_in_one_folder_are_sorted_by_student(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    for name in FOLDERS[:3]:
        folder.joinpath(f"{name}_heights.ipynb").write_text(work("rrr"), "utf-8")
    folder.joinpath(f"{FOLDERS[0]}_data.csv").write_text("x", "utf-8")
    folder.joinpath(f"{FOLDERS[3]}_heights.ipynb").symlink_to("/etc/passwd")
    with folder.joinpath(f"{FOLDERS[4]}_heights.ipynb").open("wb") as file:
        file.truncate(10**12)
    works = downloads.sorted_by_student(folder, tmp_path / "works")
    assert [each.name for each in works] == sorted(FOLDERS[:5])
    there = {path.name for path in (tmp_path / "works" / FOLDERS[0]).iterdir()}
    assert there == {"heights.ipynb", "data.csv"}
    problems = [
        submissions.read(tmp_path / "works" / name / "heights.ipynb").problem
        for name in FOLDERS[:5]
    ]
    assert problems[:3] == ["", "", ""]
    assert "a link" in problems[3]
    assert "too large" in problems[4]


def test_texts_beside_files_are_nobodys_work(tmp_path):
    for name in ("Anna_1_assignsubmission_file", "Anna_1_assignsubmission_onlinetext"):
        tmp_path.joinpath(name).mkdir()
    found = downloads.sorted_by_student(tmp_path, tmp_path / "works")
    assert [path.name for path in found] == ["Anna_1_assignsubmission_file"]


class Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_what_nobody_asked_for_costs_nobody_a_point(tmp_path, monkeypatch, capsys):
    """One student's notebook of another week would halve the marks of a class."""
    folder = tmp_path / "class"
    hand_in(folder, {"s01": work("rrr"), "s02": work("rrr")})
    folder.joinpath("s02/w.ipynb").write_text(notebook('check("9.2a", 7)'), "utf-8")
    marks = grade(folder, worth={"heights": WORTH["heights"]})
    assert [each["of"] for each in marks.values()] == [6, 6]
    assert marks["s02"]["ignored"] == ["w.ipynb"]
    given = []

    def graded(*_, **options):
        given.append(options["points"])
        return []

    monkeypatch.setattr(grading, "grade", graded)
    run_command(folder, tmp_path, "--only", "pooling", "--only", "sigma")
    assert given == [{name: POINTS[name] for name in ("pooling", "sigma")}]
    with pytest.raises(SystemExit):
        run_command(folder, tmp_path, "--only", "poling")
    assert "'poling' (choose from" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run_command(folder, tmp_path, "--column", "Pooling")
    assert "--canvas" in capsys.readouterr().err


def test_each_student_gets_a_page_and_a_text(class_folder, tmp_path):
    assert run_command(class_folder, tmp_path, "--feedback", tmp_path / "back") == 0
    names = {path.name for path in tmp_path.joinpath("back").iterdir()}
    assert names == {
        f"{n}_feedback.{kind}" for n in FOLDERS for kind in ("html", "txt")
    }
    # Moodle takes a file back whose name has these four parts: importziplib.php.
    for name in names:
        _, number, *kind = name.split("_", 4)
        assert number.isdigit()
        assert kind[:2] == ["assignsubmission", "file"]
    stem = tmp_path / "back" / FOLDERS[3]
    text = stem.with_name(f"{stem.name}_feedback.txt").read_text("utf-8")
    assert text.splitlines() == [
        f"{NAMES[3]}: 1 of 6 points",
        "",
        "heights: 1 of 6 points",
        "  9.1a   1 of 1  right",
        f"  9.1b   0 of 2  wrong: {wrong('9.1b', [1, 1])}",
        "  9.1c   0 of 3  open: there is no answer in it yet",
        "",
        "Missing: 9.1c.",
    ]
    page = Tags(stem.with_name(f"{stem.name}_feedback.html").read_text("utf-8"))
    assert f"{NAMES[3]}: 1 of 6 points" in page.words
    assert "0 of 3" in page.words


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_its_screen(width, tab):
    """Nor is a word of it left out, but the headings of columns on a phone."""
    said = {"right": "", "not answered": "cell 5 stopped: " + "Donau" * 99}
    marks = [
        {"question": "2.7c", "points": 0, "of": 1, "status": status, "said": words}
        for status, words in said.items()
    ]
    graded = {"exercise": "pooling", "notebook": "pooling", "notes": ["x" * 99]}
    graded |= {"marks": marks, "points": 0, "of": 3}
    student = {"student": "Maximiliane" * 9, "notebooks": [graded]}
    with tab(viewport={"width": width, "height": 800}) as page:
        page.set_content(feedback.as_html(student | {"points": 0, "of": 3}))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown = page.locator("body").inner_text()
    assert all(word in shown for word in [*said, *said.values(), "2.7c", "0 of 1"])


def wrong(question, value):
    return diagnosis(QUESTIONS[question], value)


def test_nothing_of_a_student_is_a_tag_in_the_feedback():
    evil = '<script src="//x.y">1</script><img onerror=x>&lt;&#60;'
    mark = {"question": evil, "points": 0, "of": 1, "status": evil, "said": evil}
    graded = {"exercise": evil, "notebook": evil, "notes": [evil], "marks": [mark]}
    graded |= {"points": 0, "of": 1}
    student = {"student": evil, "points": 0, "of": 1, "notebooks": [graded]}
    page = Tags(feedback.as_html(student))
    allowed = ["html", "head", "meta", "title", "style", "body", "h1", "h2", "p"]
    assert {t for t, _ in page.tags} <= {*allowed, "table", "tr", "th", "td"}
    assert [attrs for _, attrs in page.tags if {"src", "onerror"} & attrs.keys()] == []
    policy = [attrs.get("content", "") for tag, attrs in page.tags if tag == "meta"]
    assert any("default-src 'none'" in content for content in policy)
    assert "".join(page.words).count(evil) >= 5
    assert {tag for tag, _ in Tags(feedback.as_comment(student)).tags} == {"br"}
    assert html.unescape(feedback.as_comment(student)).count(evil) >= 3


def test_a_spreadsheet_gets_the_points_and_no_formula(class_folder, tmp_path):
    path = tmp_path / "marks.csv"
    assert run_command(class_folder, tmp_path, "--csv", path) == 0
    rows = table(path)
    assert [int(row["points"]) for row in rows] == [
        points(made) for _, made in sorted(zip(FOLDERS, MADE, strict=True))
    ]
    assert {row["of"] for row in rows} == {"6"}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert f"'{FOLDERS[0]}" in cells


@pytest.mark.parametrize("text", ["=1+1", "@x", "+cmd", "-cmd|x", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_is_neutral(text):
    assert tables.neutral(text) == f"'{text}"


def test_items_say_how_hard_a_question_was_and_what_went_wrong(class_folder, tmp_path):
    path = tmp_path / "items.csv"
    assert run_command(class_folder, tmp_path, "--items", path) == 0
    rows = {row["question"]: row for row in table(path)}
    first = rows["9.1a"]
    assert first["handed in"] == "30"
    kinds = [made[0] for made in MADE]
    for column, kind in (("right", "r"), ("open", "o")):
        assert int(first[column]) == kinds.count(kind)
    assert int(first["wrong"]) == kinds.count("w") + kinds.count("u")
    assert first["share right"] == f"{kinds.count('r') / 30:.2f}"
    most = f"{kinds.count('u')} × The digits are right, the unit is not"
    assert first["usual mistakes"].startswith(most)
    rest = [points(f"o{made[1:]}") for made in MADE]
    wanted = np.corrcoef([kind == "r" for kind in kinds], rest)[0, 1]
    assert first["discrimination"] == f"{wanted:.2f}"


def test_discrimination_is_the_corrected_correlation_of_item_and_total():
    """In R: cor(x[, i], rowSums(x[, -i]))."""
    x = [[1, 2, 0], [1, 0, 0], [0, 2, 3], [1, 2, 3], [0, 0, 0], [0, 2, 0], [1, 2, 3]]
    found = [items.discrimination(np.array(x), i) for i in range(3)]
    np.testing.assert_allclose(found, FROM_R, rtol=1e-9)
    assert items.discrimination(np.array([[1, 0], [1, 2]]), 0) is None
    assert items.discrimination(np.array([[1, 0], [0, 0]]), 0) is None


def test_who_did_not_hand_in_is_no_item(tmp_path):
    hand_in(tmp_path, {"s01": work("rrr"), "s02": work("www"), "s03": "{"})
    other = tmp_path / "s04" / "w.ipynb"
    other.parent.mkdir()
    other.write_text(notebook('check("9.2a", 7)'), "utf-8")
    marks = list(grade(tmp_path).values())
    found = {each["question"]: each["handed_in"] for each in items.items(marks)}
    assert found == {"9.1a": 2, "9.1b": 2, "9.1c": 2, "9.2a": 1}
    rows = list(csv.DictReader(io.StringIO(tables.marks_table(marks))))
    assert [row["weights"] for row in rows] == ["", "", "", "1"]
    assert [row["heights"] for row in rows] == ["6", "0", "", ""]


def test_renamed_copies_are_graded_and_named(tmp_path, capsys):
    names = ["heights (1)", "heights-Copy1", "heights_final", "homework"]
    for i, name in enumerate(names):
        hand_in(tmp_path / "class", {f"s{i}": work("rrr")})
        path = tmp_path / "class" / f"s{i}" / "week09" / "heights.ipynb"
        path.rename(path.with_name(f"{name}.ipynb"))
    assert run_command(tmp_path / "class", tmp_path) == 0
    out = capsys.readouterr().out
    for name in names:
        said = rf"heights, handed in as week09/{re.escape(name)}.ipynb +\| 6 +\| 6"
        assert re.search(said, out)


def test_a_file_that_is_open_elsewhere_is_named_as_it_was_asked_for(
    class_folder, tmp_path, monkeypatch, capsys
):
    """At the end, as Windows says it of a table that a spreadsheet shows."""
    replace, target = os.replace, tmp_path / "marks.csv"

    def locked(new, place):
        if place == target:
            raise PermissionError(13, "Permission denied", str(new))
        replace(new, place)

    monkeypatch.setattr(files.os, "replace", locked)
    assert run_command(class_folder, tmp_path, "--csv", target) == 1
    said = capsys.readouterr()
    assert f"{target} cannot be written: Permission denied.  Close what" in said.err
    assert "Öberg" in said.out


def test_what_is_handed_in_instead_of_a_notebook_is_named(tmp_path, capsys):
    """A Word document or a script: the teacher opens it, the student learns why."""
    hand_in(tmp_path / "class", {"s01": work("rrr")})
    for student, count in (("s02", 1), ("s03", 5)):
        tmp_path.joinpath("class", student).mkdir()
        for i in range(count):
            tmp_path.joinpath("class", student, f"heights{i}.docx").touch()
    assert run_command(tmp_path / "class", tmp_path) == 0
    said = "there is no notebook (.ipynb), only heights0.docx"
    out = capsys.readouterr().out
    assert f"it was not handed in; {said} |" in out.replace("  ", "")
    assert f"Not graded: s02: {said}\n" in out
    assert f"s03: {said}, heights1.docx, heights2.docx, 2 more\n" in out


def test_an_open_cell_that_asks_nothing_is_no_note(tmp_path):
    """A picture to draw, for instance, beside answers that are all right."""
    hand_in(tmp_path, {"s01": notebook(A, OPEN, B, C)})
    (graded,) = grade(tmp_path)["s01"]["notebooks"]
    assert (graded["points"], graded["notes"]) == (6, [])


def test_of_two_copies_it_is_said_which_counts(tmp_path):
    hand_in(tmp_path, {"s01": work("rro")})
    week = tmp_path / "s01" / "week09"
    week.joinpath("heights (1).ipynb").write_text(work("ooo"), "utf-8")
    (graded,) = grade(tmp_path)["s01"]["notebooks"]
    assert graded["notebook"] == "week09/heights.ipynb"
    assert graded["notes"] == ["this copy counts, and not week09/heights (1).ipynb"]
    assert of(graded, "9.1c")[0] == "open"


def test_a_grading_that_was_stopped_goes_on_where_it_was(
    class_folder, tmp_path, monkeypatch, quick
):
    folder = tmp_path / "class"
    shutil.copytree(class_folder, folder)
    run = workers.run

    def stops(*given):
        if len(quick) >= 10:
            raise KeyboardInterrupt
        return run(*given)

    csv_file = tmp_path / "marks.csv"
    monkeypatch.setattr(workers, "run", stops)
    assert run_command(folder, tmp_path, "--csv", csv_file, "--jobs", 1) == 1
    assert len(csv_file.read_text("utf-8").splitlines()) == 11
    monkeypatch.setattr(workers, "run", run)
    assert run_command(folder, tmp_path, "--csv", csv_file) == 0
    assert sorted(quick) == sorted(FOLDERS), "each ran once"
    assert len(csv_file.read_text("utf-8").splitlines()) == 31
    # Whatever is handed in anew runs, and nothing else.
    quick.clear()
    folder.joinpath(FOLDERS[7], "data.csv").write_text("x", "utf-8")
    folder.joinpath(FOLDERS[8], "heights.ipynb").write_text(work("rrr"), "utf-8")
    assert run_command(folder, tmp_path, "--csv", csv_file) == 0
    assert sorted(quick) == sorted(FOLDERS[7:9])
    rows = {r["student"]: r for r in table(csv_file)}
    assert rows[FOLDERS[8]]["points"] == "6"


def test_only_what_ended_by_itself_is_kept(tmp_path):
    box = grading.sandbox.trusted(tmp_path)
    store = kept.Kept(tmp_path / "kept", box)
    good = Run(given={"9.1a": ["1"]}, errors={2: "NameError: x"}, ran=3, printed=7)
    stopped = Run(errors={2: "it was interrupted after 60 seconds"}, ran=3)
    others = stopped, Run(ended="memory ran out in cell 3"), Run(notes=["x"])
    for i, run in enumerate([good, *others]):
        store.put(store.key("work", f"{i}.ipynb"), run)
    found = [store.get(store.key("work", f"{i}.ipynb")) for i in range(4)]
    assert found == [good, None, None, None]
    store._path(store.key("work", "0.ipynb")).write_text("{", "utf-8")
    assert store.get(store.key("work", "0.ipynb")) is None
    keys = {store.key(work, path) for work in "ab" for path in "xy"}
    assert len(keys) == 4


def test_what_nobody_has_asked_for_in_months_is_deleted(tmp_path):
    """Also what was being written when a grading was killed, and no other file."""
    names = ("a.run.json", "b.run.json", "b.run.new", "notes.json")
    for name in names:
        tmp_path.joinpath(name).write_text("{}", "utf-8")
    for name in names[1:]:
        os.utime(tmp_path / name, (0, 0))
    kept.Kept(tmp_path, grading.sandbox.trusted(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"a.run.json", "notes.json"}


def test_no_student_can_put_a_file_where_runs_are_kept(class_folder, tmp_path, capsys):
    for option in ("--keep", "--feedback"):
        line = [str(class_folder), "--trust", option, str(class_folder / "s" / "..")]
        assert command.main(line) == 1
        assert "would be taken for work of a student" in capsys.readouterr().err


def test_the_order_of_marks_is_that_of_the_folders(class_folder, tmp_path):
    wanted = sorted(FOLDERS)
    for jobs in (1, 7):
        found = grading.grade(class_folder, trust=True, jobs=jobs)
        assert [result.student for _, result in found] == wanted


def test_who_ran_out_of_memory_beside_others_runs_again_alone(
    class_folder, monkeypatch
):
    """Files in memory are counted for all that run, whosever they are."""
    running, seen = [], []

    def run(cells, student, *_):
        running.append(student.name)
        alone = seen.count(student.name) > 0
        seen.append(student.name)
        if alone:
            assert running == [student.name]
        running.remove(student.name)
        full = student.name == FOLDERS[20] and not alone
        return Run(ended="memory ran out in cell 2") if full else reads(cells)

    monkeypatch.setattr(workers, "run", run)
    found = grading.grade(class_folder, trust=True, jobs=4)
    results = {each.student: each.notebooks[0].points for _, each in found}
    assert seen.count(FOLDERS[20]) == 2
    assert len(seen) == 31
    assert results[FOLDERS[20]] == points(MADE[20])


def test_files_that_look_alike_do_not_take_each_others_place(tmp_path):
    student = {"student": "a b", "points": 1, "of": 1, "notebooks": []}
    asked = command.argparse.Namespace(
        **dict.fromkeys(command.FILES) | {"column": None, "keep": None},
        folder=tmp_path / "class",
    )
    asked.feedback = tmp_path / "back"
    files.Files(asked).write_rest([student, student | {"points": 0}])
    pages = sorted(tmp_path.joinpath("back").glob("*.txt"))
    assert [path.name for path in pages] == ["a b 2_feedback.txt", "a b_feedback.txt"]


def test_given_cells_ask_nothing():
    assert submissions.ASKED.findall(GIVEN) == []


class Screen(io.StringIO):
    """What a terminal shows."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("kind", "shown"), [(Screen, True), (io.StringIO, False)])
def test_a_screen_shows_how_far_it_is_and_a_file_does_not(kind, shown, monkeypatch):
    monkeypatch.setattr("sys.stderr", kind())
    with progress.Progress() as told:
        for done in (1, 2):
            told(done, 3200)
        told.bar.refresh()
        said = command.sys.stderr.getvalue()
    assert ("2/3200" in said) == shown


def test_the_page_names_every_option_and_word():
    page = ROOT.joinpath("pages/teaching/grading.md").read_text("utf-8")
    for option in [
        *command.FILES,
        "column",
        "only",
        "jobs",
        "keep",
        "seconds",
        "trust",
    ]:
        assert f"--{option}" in page
    words = [*items.UNSEEN, "right", "wrong", "open", "not answered", "not found"]
    for word in [*words, "not reached", "not checked"]:
        assert f"\n| {word} |" in page
