"""Numbers and tables laid out as R prints them, and the same tables as HTML.

Knows nothing of models: strings and numbers in, strings out.
"""

from html import escape

import numpy as np


def r_format(values, digits):
    """Format numbers as R's ``format(values, digits=digits)`` does.

    All get the same number of decimals: as many as the one that needs most to show
    `digits` significant digits, trailing zeros not counted.

    Parameters
    ----------
    values : array_like of float
    digits : int

    Returns
    -------
    list of str
        All of the same width.

    Examples
    --------
    >>> r_format([24.74045, 5.92213, 25.59182], 4)
    ['24.740', ' 5.922', '25.592']
    """
    decimals = 0
    for value in values:
        if np.isfinite(value) and value != 0:
            mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
            significant = len(mantissa.replace(".", "").rstrip("0"))
            decimals = max(decimals, significant - 1 - int(exponent))
    texts = [f"{value:.{decimals}f}" for value in values]
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def text_table(header, rows, align):
    """Lay out cells in columns one space apart.

    Parameters
    ----------
    header : list of str
    rows : list of list of str
    align : str
        One of ``<`` and ``>`` for each column.

    Returns
    -------
    str
        Lines without trailing blanks.
    """
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    layout = " ".join(f"{{:{a}{w}}}" for a, w in zip(align, widths, strict=True))
    return "\n".join(layout.format(*line).rstrip() for line in lines)


def named_numbers(names, texts, gap=2, width=80):
    """Print a named vector as R does: names above numbers, wrapped at `width`."""
    cell = max(map(len, [*names, *texts]))
    per_line = max(1, width // (cell + gap))
    lines = []
    for start in range(0, len(names), per_line):
        for part in (names, texts):
            cells = (text.rjust(cell) for text in part[start : start + per_line])
            lines.append((" " * gap).join(cells).rstrip())
    return "\n".join(lines)


def html_table(caption, header, rows, row_headers=1):
    """Build an accessible HTML table: caption, and scoped headers both ways.

    Parameters
    ----------
    caption : str
    header : list of str
    rows : list of list of str
    row_headers : int
        How many cells at the left of each row are headers.

    Returns
    -------
    str
    """
    lines = [
        '<table class="mlm-table">',
        f"<caption>{escape(caption)}</caption>",
    ]
    columns = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    lines.append(f"<thead><tr>{columns}</tr></thead>")
    lines.append("<tbody>")
    for row in rows:
        cells = "".join(
            f'<th scope="row">{escape(text)}</th>'
            if i < row_headers and text
            else f"<td>{escape(text)}</td>"
            for i, text in enumerate(row)
        )
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>"])
