"""Numbers and tables laid out as R prints them, and the same tables as HTML.

Knows nothing of models: strings and numbers in, strings out.
"""

from collections import Counter
from html import escape

import numpy as np

# Rounding errors behind this digit must not decide where a 5 is rounded to.
KNOWN = 12


def borne(values, error):
    """Round numbers to the decimals that an error bears: half of the last is more.

    Parameters
    ----------
    values : array_like of float
    error : float or array_like
        Largest, or one for each; 0 leaves the numbers as they are.

    Returns
    -------
    ndarray or float

    Examples
    --------
    >>> borne(237733.81, 0.06), borne(237733.81, 7.0)
    (np.float64(237734.0), np.float64(237700.0))
    """
    error = np.max(error, initial=0)
    if error == 0:
        return values
    return np.round(values, int(np.floor(-np.log10(2 * error))))


def r_format(values, digits):
    """Format numbers as R's ``format(values, digits=digits)`` does.

    All get the same number of decimals: as many as the one that needs most to show
    `digits` significant digits, trailing zeros not counted.  If that is wider than
    powers of ten, all get those.

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
    >>> r_format([1234567.0, 0.001], 4)
    ['1.235e+06', '1.000e-03']
    >>> r_format([-0.0, 0.5], 4)
    ['0.0', '0.5']
    """
    # R writes no sign of zero: which of the two it is differs between processors.
    values = [float(f"{value:.{KNOWN - 1}e}") + 0.0 for value in values]
    decimals, longest = 0, 1
    for value in values:
        if np.isfinite(value) and value != 0:
            mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
            significant = len(mantissa.replace(".", "").rstrip("0"))
            decimals = max(decimals, significant - 1 - int(exponent))
            longest = max(longest, significant)
    fixed = [f"{value:.{decimals}f}" for value in values]
    powers = [f"{value:.{longest - 1}e}" for value in values]
    texts = min(fixed, powers, key=lambda texts: max(map(len, texts), default=0))
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def abbreviate(names, length):
    """Shorten names as R's ``abbreviate`` does, so that they stay different.

    Parameters
    ----------
    names : list of str
        All different.
    length : int
        To have, where that is enough to tell them apart.

    Returns
    -------
    list of str

    Examples
    --------
    >>> abbreviate(["(Intercept)", "recipeB", "recipeC"], 6)
    ['(Intr)', 'recipB', 'recipC']
    """
    short = dict.fromkeys(names)
    again = list(names)
    while again:
        short |= {name: _shortened(name, length) for name in again}
        taken = Counter(short.values())
        again = [name for name in names if taken[short[name]] > 1]
        length += 1
    return list(short.values())


def _shortened(name, length):
    """Drop letters from the right: ends of words last, first vowels, then the rest."""

    def first(i):
        return text[i - 1] == " "

    def last(i):
        return not first(i) and (i + 1 == len(text) or text[i + 1] == " ")

    rules = [
        lambda i: text[i] in "aeiou" and last(i),
        lambda i: text[i] in "aeiou" and not first(i),
        lambda i: text[i].islower() and last(i),
        lambda i: text[i].islower() and not first(i),
        lambda i: text[i] != " " and not first(i),
    ]
    text = name
    for droppable in rules:
        for i in range(len(text) - 1, 0, -1):
            if len(text.replace(" ", "")) <= length:
                break
            if droppable(i):
                text = text[:i] + text[i + 1 :]
    return text if len(text) <= length else text.replace(" ", "")


def label_text(label):
    """A label as R writes it: whole numbers without decimals."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return str(label)


def listed(labels):
    """Labels of an Index, as a sentence tells them."""
    return ", ".join(map(repr, labels.tolist()))


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
    return html_parts(caption, header, {"": rows}, (), row_headers)


def html_parts(caption, header, parts, notes=(), row_headers=1):
    """Build an accessible HTML table of several parts, with notes below it.

    Parameters
    ----------
    caption : str
    header : list of str
    parts : dict of list of list of str
        Rows by the heading above them; none stands above those of ``""``.
    notes : sequence of str
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
    # A header without words would be read out as nothing.
    columns = "".join(
        f'<th scope="col">{escape(text)}</th>' if text else "<td></td>"
        for text in header
    )
    lines.append(f"<thead><tr>{columns}</tr></thead>")
    span = f'colspan="{len(header)}"'
    for title, rows in parts.items():
        lines.append("<tbody>")
        if title:
            words = f'<th scope="rowgroup" {span}>{escape(title)}</th>'
            lines.append(f"<tr>{words}</tr>")
        for row in rows:
            cells = "".join(
                f'<th scope="row">{escape(text)}</th>'
                if i < row_headers and text
                else f"<td>{escape(text)}</td>"
                for i, text in enumerate(row)
            )
            lines.append(f"<tr>{cells}</tr>")
        lines.append("</tbody>")
    if notes:
        below = "".join(f"<tr><td {span}>{escape(note)}</td></tr>" for note in notes)
        lines.append(f"<tfoot>{below}</tfoot>")
    return "\n".join([*lines, "</table>"])
