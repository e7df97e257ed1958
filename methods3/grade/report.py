"""Tell the marks: a table, JSON, and JUnit's XML.

The table is Markdown, so it reads well on a screen and as the summary of a workflow.
"""

import re
from collections import defaultdict
from dataclasses import asdict
from xml.etree import ElementTree

COLOURS = re.compile("\x1b\\[[0-9;]*m")
# What neither a terminal nor XML should get.
UNPRINTABLE = re.compile("[^ -~\xa0-\ud7ff\ue000-\ufffd]")
LONGEST = 300
HEAD = ("student", "notebook", "points", "of", "notes")


def clean(text):
    """Make a student's text fit for one line of a report.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> clean("\\x1b[31mNameError\\x1b[0m:\\n no x\\x00")
    'NameError: no x'
    """
    text = " ".join(UNPRINTABLE.sub(" ", COLOURS.sub("", text)).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def plain(results, sandbox=""):
    """All marks as plain data, every text cleaned.

    Parameters
    ----------
    results : list of Submission
    sandbox : object
        What the notebooks ran in.

    Returns
    -------
    dict
    """
    students = []
    for result in results:
        notebooks = [graded.as_dict() for graded in result.notebooks]
        total = {key: sum(each[key] for each in notebooks) for key in ("points", "of")}
        students.append(asdict(result) | total | {"notebooks": notebooks})
    return _cleaned({"sandbox": str(sandbox), "students": students})


def _cleaned(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return value


def table(marks):
    """Table of marks, a row a notebook.

    Parameters
    ----------
    marks : dict
        As `plain` gives it.

    Returns
    -------
    str
    """
    rows = [HEAD]
    for student in marks["students"]:
        for graded in student["notebooks"]:
            name = graded["notebook"].removesuffix(".ipynb")
            score = graded["points"], graded["of"]
            rows.append((student["student"], name, *score, _summary(graded)))
        if len(student["notebooks"]) > 1:
            score = student["points"], student["of"]
            rows.append((student["student"], "**together**", *score, ""))
    rows = [[str(cell).replace("|", "/") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] = len(HEAD[-1])  # the rest of the last column may run on
    rows.insert(1, ["-" * width for width in widths])
    lines = (map(str.ljust, row, widths) for row in rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _summary(graded):
    """What went wrong in a notebook, in one line."""
    kinds = defaultdict(list)
    for mark in graded["marks"]:
        kinds[mark["status"]].append(mark["question"])
    # Where no question was asked, the note says why.
    for silent in ("right", "not handed in", "not readable", "not graded"):
        kinds.pop(silent, None)
    said = [f"{kind} {', '.join(questions)}" for kind, questions in kinds.items()]
    return clean("; ".join(said + graded["notes"]))


def junit(marks):
    """The marks in XML, as tools that show tests read it.

    Parameters
    ----------
    marks : dict
        As `plain` gives it.

    Returns
    -------
    ElementTree
        A suite for each notebook, a case for each question.
    """
    root = ElementTree.Element("testsuites", name="methods3.grade")
    for student in marks["students"]:
        for graded in student["notebooks"]:
            name = f"{student['student']}/{graded['notebook']}"
            wrong = sum(mark["status"] != "right" for mark in graded["marks"])
            counts = {"tests": len(graded["marks"]), "failures": wrong, "errors": 0}
            counts |= {"skipped": 0, "time": graded["seconds"]}
            texts = {key: str(count) for key, count in counts.items()}
            suite = ElementTree.SubElement(root, "testsuite", name=name, **texts)
            for mark in graded["marks"]:
                name_of = {"classname": name, "name": mark["question"], "time": "0"}
                case = ElementTree.SubElement(suite, "testcase", name_of)
                if mark["status"] != "right":
                    why = {"type": mark["status"], "message": mark["said"]}
                    ElementTree.SubElement(case, "failure", why)
            if graded["notes"]:
                notes = ElementTree.SubElement(suite, "system-out")
                notes.text = "\n".join(graded["notes"])
    ElementTree.indent(root)
    return ElementTree.ElementTree(root)
