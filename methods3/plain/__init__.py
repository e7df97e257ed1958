"""The book's pages in plain Markdown, which any notebook program shows as it is meant.

The sources are written in MyST, with words that only the book understands: references,
margin notes, labels, and what computes each number.  What people download and run is
made here, from the same sources: in `text` a text, in `course` what its references lead
to, in `bibliography` what it cites.

    python -m methods3.plain FOLDER

writes all there is to run into a folder.
"""

from methods3.plain.course import READ_BY_NOTEBOOKS, SITE_ALONE, Course, exercises_on
from methods3.plain.notebook import (
    ADDRESS,
    ELSEWHERE,
    KERNEL,
    Page,
    as_text,
    files_to_run,
    plain_notebook,
    read,
    write,
    write_all,
)
from methods3.plain.options import verdict

__all__ = [
    "ADDRESS",
    "ELSEWHERE",
    "KERNEL",
    "READ_BY_NOTEBOOKS",
    "SITE_ALONE",
    "Course",
    "Page",
    "as_text",
    "exercises_on",
    "files_to_run",
    "plain_notebook",
    "read",
    "verdict",
    "write",
    "write_all",
]
