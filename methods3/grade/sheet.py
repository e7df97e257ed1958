"""A CSV file in which some cells are filled, and all others stay as they are, byte for
byte: quotes, line ends, what stands before the first letter, letters of any encoding.
"""

import re

SEPARATORS = ",;\t:"


class Sheet:
    """Cells of a CSV file, and the very text of each.

    Parameters
    ----------
    content : bytes
    wanted : sequence of str
        Columns that it must have; the separator is the one with which it has.

    Raises
    ------
    KeyError
        If it lacks one of them: which, and which it has.
    """

    def __init__(self, content, wanted):
        # What is no UTF-8 is kept as it is.
        text = content.decode("utf-8", "surrogateescape")
        self.mark = "\ufeff" if text.startswith("\ufeff") else ""
        text = text.removeprefix(self.mark)
        first = text.splitlines()[0] if text else ""
        for self.separator in SEPARATORS:
            self._rows = _parse(text, self.separator)
            self.header = [_value(raw) for raw, _ in self._rows[0]]
            if not (lacking := [n for n in wanted if self.column(n) is None]):
                return
        raise KeyError(lacking[0], first)

    def __len__(self):
        return len(self._rows) - 1

    def column(self, name):
        """Number of a column; None if there is none of this name."""
        names = [each.strip().casefold() for each in self.header]
        return names.index(name.casefold()) if name.casefold() in names else None

    def cell(self, row, name):
        """What stands in a cell; nothing if there is none."""
        column, cells = self.column(name), self._rows[row + 1]
        missing = column is None or column >= len(cells)
        return "" if missing else _value(cells[column][0])

    def fill(self, row, name, text):
        """Write into a cell; a spreadsheet may have left out empty ones at the end."""
        cells, column = self._rows[row + 1], self.column(name)
        while len(cells) <= column:
            raw, end = cells.pop()
            cells += [(raw, self.separator), ("", end)]
        if re.search(f'["\r\n{re.escape(self.separator)}]|^ | $', text):
            text = '"{}"'.format(text.replace('"', '""'))
        cells[column] = text, cells[column][1]

    def content(self):
        """All of it, as it was but for what was filled in."""
        parts = (raw + end for row in self._rows for raw, end in row)
        return (self.mark + "".join(parts)).encode("utf-8", "surrogateescape")


def _parse(text, separator):
    """Rows of cells, each as its text and the separator or line end behind it."""
    quoted, end = '"(?:[^"]|"")*"', f"{re.escape(separator)}|\r\n|\n|\r|$"
    pattern = re.compile(f"({quoted}(?=(?:{end}))|.*?)({end})", re.DOTALL)
    rows, row, place = [], [], 0
    while place < len(text):
        found = pattern.match(text, place)
        row.append(found.groups())
        place = found.end()
        if found[2] != separator:
            rows.append(row)
            row = []
    if row:  # the file ends behind a separator
        rows.append([*row, ("", "")])
    return rows or [[("", "")]]


def _value(raw):
    if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
        return raw[1:-1].replace('""', '"')
    return raw
