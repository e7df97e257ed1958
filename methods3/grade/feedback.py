"""What a student gets back: a page and a text, with all that was said to the answers.

Whatever comes from a notebook is text in there: nothing of it can be a tag, and the
page may load and run nothing.
"""

from html import escape

from methods3.grade.downloads import person
from methods3.grade.report import handed_in_as

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 44rem; margin: auto; padding: 1rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ border-bottom: 1px solid #bbb; padding: .2rem .6rem .2rem 0; text-align: left;
 vertical-align: top; white-space: nowrap }}
h1, h2, p, td:last-child {{ overflow-wrap: anywhere; white-space: normal; width: 100% }}
@media (max-width: 40rem) {{
 tr {{ border-bottom: 1px solid #bbb; display: block; padding: .3rem 0 }}
 td {{ border: 0; display: inline-block }} td:last-child {{ display: block }}
 th {{ display: none }}
}}
</style>
</head>
<body>
{body}
</body>
</html>
"""
HEAD = ("question", "points", "answer", "what was said to it")
NOTHING = "nothing: every question has an answer"


def title(student):
    """Whose feedback it is, and all points.

    Parameters
    ----------
    student : dict
        As `report.plain` gives it.

    Returns
    -------
    str
    """
    name, points, of = person(student["student"]), student["points"], student["of"]
    return f"{name}: {points} of {of} points"


def as_text(student):
    """Feedback in plain text.

    Parameters
    ----------
    student : dict
        As `report.plain` gives it.

    Returns
    -------
    str
    """
    lines = [title(student)]
    for graded in student["notebooks"]:
        lines += ["", _heading(graded)]
        if not _whole(graded):
            for question, points, status, said in _rows(graded):
                told = f"{status}: {said}" if said else status
                lines.append(f"  {question:<6} {points:<7} {told}")
        lines += [f"  Note: {note}" for note in graded["notes"]]
    return "\n".join([*lines, "", f"Missing: {_missing(student)}.", ""])


def as_html(student):
    """Feedback as a page.

    Parameters
    ----------
    student : dict
        As `report.plain` gives it.

    Returns
    -------
    str
    """
    parts = [f"<h1>{escape(title(student))}</h1>"]
    for graded in student["notebooks"]:
        parts.append(f"<h2>{escape(_heading(graded))}</h2>")
        if not _whole(graded):
            parts += ["<table>", _row("th", HEAD)]
            parts += [_row("td", row) for row in _rows(graded)]
            parts.append("</table>")
        parts += [f"<p>Note: {escape(note)}</p>" for note in graded["notes"]]
    parts.append(f"<p>Missing: {escape(_missing(student))}.</p>")
    return PAGE.format(title=escape(title(student)), body="\n".join(parts))


def as_comment(student):
    """Feedback for a column of comments: what is not right, without what is.

    Parameters
    ----------
    student : dict
        As `report.plain` gives it.

    Returns
    -------
    str
        HTML, as Moodle takes the text of this column.
    """
    lines = [f"{student['points']} of {student['of']} points"]
    for graded in student["notebooks"]:
        lines.append(_heading(graded))
        if not _whole(graded):
            rows = [row for row in _rows(graded) if row[2] != "right"]
            lines += [f"{row[0]} {row[2]}: {row[3]}" for row in rows]
        lines += graded["notes"]
    return "<br>".join(map(escape, lines))


def _heading(graded):
    return f"{handed_in_as(graded)}: {graded['points']} of {graded['of']} points"


def _rows(graded):
    """Question, points, status and words of each mark."""
    for mark in graded["marks"]:
        points = f"{mark['points']} of {mark['of']}"
        yield mark["question"], points, mark["status"], mark["said"]


def _whole(graded):
    """Whether one note says all: nothing of it was graded."""
    said = {mark["said"] for mark in graded["marks"]}
    return said == set(graded["notes"][:1])


def _row(tag, cells):
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _missing(student):
    """Questions without an answer, and exercises that were not handed in."""
    lacks = []
    for graded in student["notebooks"]:
        without = [m for m in graded["marks"] if m["status"] not in ("right", "wrong")]
        if without and len(without) == len(graded["marks"]):
            lacks.append(f"all of {graded['exercise']}")
        else:
            lacks += [mark["question"] for mark in without]
    return ", ".join(lacks) or NOTHING
