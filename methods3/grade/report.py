"""Tell the marks: a table, JSON, and JUnit's XML.

The table is Markdown, so it reads well on a screen and as the summary of a workflow.
"""

import re
from collections import defaultdict
from dataclasses import asdict
from xml.etree import ElementTree

from methods3.grade.marks import UNSEEN

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


def plain(result):
    """Marks of one student as plain data, every text cleaned.

    Parameters
    ----------
    result : Submission

    Returns
    -------
    dict
    """
    notebooks = [graded.as_dict() for graded in result.notebooks]
    total = {key: sum(each[key] for each in notebooks) for key in ("points", "of")}
    return _cleaned(asdict(result) | total | {"notebooks": notebooks})


def _cleaned(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return value


def table(students):
    """Table of marks, a row a notebook.

    Parameters
    ----------
    students : list of dict
        As `plain` gives each.

    Returns
    -------
    str
    """
    rows = [HEAD]
    for student in students:
        for graded in student["notebooks"]:
            name = handed_in_as(graded)
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


def handed_in_as(graded):
    """Name of an exercise in its folder; with that of the file, if it is another.

    Parameters
    ----------
    graded : dict
        A notebook of a student, as `plain` gives it.

    Returns
    -------
    str

    Examples
    --------
    >>> handed_in_as({"exercise": "pooling", "notebook": "week02/pooling.ipynb"})
    'week02/pooling'
    >>> handed_in_as({"exercise": "pooling", "notebook": "pooling (1).ipynb"})
    'pooling, handed in as pooling (1).ipynb'
    """
    path = graded["notebook"]
    if path.rpartition("/")[2] == f"{graded['exercise']}.ipynb":
        return path.removesuffix(".ipynb")
    return f"{graded['exercise']}, handed in as {path}"


def _summary(graded):
    """What went wrong in a notebook, in one line."""
    kinds = defaultdict(list)
    for mark in graded["marks"]:
        kinds[mark["status"]].append(mark["question"])
    # What is open needs no word; where no question was asked, the note says why.
    for silent in ("right", "open", *UNSEEN):
        kinds.pop(silent, None)
    said = [f"{kind} {', '.join(questions)}" for kind, questions in kinds.items()]
    return clean("; ".join(said + graded["notes"]))


def junit(students):
    """The marks in XML, as tools that show tests read it.

    Parameters
    ----------
    students : list of dict
        As `plain` gives each.

    Returns
    -------
    Element
        A suite for each notebook, a case for each question.
    """
    root = ElementTree.Element("testsuites", name="methods3.grade")
    for student in students:
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
    return root
