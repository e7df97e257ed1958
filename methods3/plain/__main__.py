"""Write the course's notebooks, in plain Markdown, into a folder."""

import sys
from pathlib import Path

from methods3.commands import COURSE
from methods3.plain import Course, write_all

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder to write to: python -m methods3.plain FOLDER")
    written = write_all(Course(COURSE), Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {len(written)} files")
