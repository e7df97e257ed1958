"""Text and tables for LaTeX and Markdown: whatever a name holds, it is shown as it is.

Knows nothing of models: strings in, strings out.
"""

import re
import unicodedata

# What LaTeX takes for commands, or prints as something else.
LATEX = {character: rf"\{character}" for character in "&%_#${}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "µ": r"$\mu$",
    "ς": r"$\varsigma$",
    "–": r"\textendash{}",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "±": r"$\pm$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "√": r"$\surd$",
    "∞": r"$\infty$",
    "°": r"$^{\circ}$",
}
# Of Greek letters; LaTeX has no commands for those that look like Latin ones.
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
LIKE_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
# Where a hyphen stands for a minus: before a number, and after nothing that it joins.
MINUS = re.compile(r"(?<![^\s(\[])-(?=\.?\d)")
# Hyphens that would grow together to a dash.
LIGATURE = re.compile("-(?=-)")
POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]\d+)(?!\w)")
MARKDOWN = re.compile(r"([\\`*_<>|~$])")


def latex(text):
    r"""Write text so that pdflatex, with its usual UTF-8, prints it.

    Letters with accents stay; Greek ones, raised and lowered digits, powers of ten
    and signs of arithmetic become mathematics.  Other scripts stay, and need lualatex.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> latex("a_b% β²")
    'a\\_b\\% $\\beta$$^{2}$'
    """
    found = "".join(map(_in_latex, MINUS.sub("−", text)))
    found = LIGATURE.sub("-{}", found)
    found = POWER.sub(lambda at: rf"{at[1]}$\times$10$^{{{int(at[2])}}}$", found)
    # Behind \\, the end of the row before, these two would belong to that command.
    return f"{{{found[0]}}}{found[1:]}" if found[:1] in ("[", "*") else found


def _in_latex(character):
    """One character: str."""
    if character.isascii() or character in LATEX:
        return LATEX.get(character, character)
    if character in LIKE_LATIN:
        return LIKE_LATIN[character]
    if greek := GREEK.fullmatch(unicodedata.name(character, "")):
        size, name = greek.groups()
        name = "LAMBDA" if name == "LAMDA" else name  # as Unicode spells it
        name = name.capitalize() if size == "CAPITAL" else name.lower()
        return rf"$\{name}$"
    way, _, digit = unicodedata.decomposition(character).partition(" ")
    if way in ("<super>", "<sub>") and " " not in digit:
        mark = {"<super>": "^", "<sub>": "_"}[way]
        return f"${mark}{{{chr(int(digit, 16))}}}$"
    return character


def latex_table(caption, header, parts, notes):
    r"""Build a table of LaTeX, with the lines of its package booktabs.

    Parameters
    ----------
    caption : str
    header : list of str
    parts : dict of list of list of str
        Rows by the heading above them.
    notes : list of str
        For below the table.

    Returns
    -------
    str
        For a document with ``\usepackage{booktabs}``.
    """
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{latex(caption)}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
        r"\toprule",
        _latex_row(header),
    ]
    for title, rows in parts.items():
        heading = rf"\multicolumn{{{len(header)}}}{{l}}{{\textit{{{latex(title)}}}}} \\"
        lines += [r"\midrule", heading, *map(_latex_row, rows)]
    lines += [r"\bottomrule", r"\end{tabular}", "", r"\smallskip"]
    words = " ".join(map(latex, notes))
    lines.append(
        rf"\begin{{minipage}}{{\linewidth}}\footnotesize {words}\end{{minipage}}"
    )
    return "\n".join([*lines, r"\end{table}"])


def _latex_row(cells):
    return " & ".join(map(latex, cells)) + r" \\"


def markdown(text):
    r"""Write text so that Markdown shows it as it is, in a table too.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(markdown("x|y, <script>"))
    x\|y, \<script\>
    """
    # A link is the one thing that brackets make; \( would be mathematics to some.
    return MARKDOWN.sub(r"\\\1", text.replace("&", "&amp;")).replace("](", "]&#40;")


def markdown_table(caption, header, parts, notes):
    """Build a table of Markdown, whose columns are aligned in the source too.

    Parameters
    ----------
    caption, header, parts, notes
        As for `latex_table`.

    Returns
    -------
    str
        Begun by ``Table:`` and the caption, which Pandoc takes for one.
    """
    empty = [""] * (len(header) - 1)
    lines = [list(map(markdown, header))]
    for title, rows in parts.items():
        lines += [
            [f"**{markdown(title)}**", *empty],
            *(map(markdown, row) for row in rows),
        ]
    lines = [list(line) for line in lines]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    rule = [
        ":" + "-" * (widths[0] - 1),
        *("-" * (width - 1) + ":" for width in widths[1:]),
    ]
    lines.insert(1, rule)
    aligns = "<" + ">" * len(empty)
    table = [
        "| "
        + " | ".join(
            f"{cell:{align}{width}}"
            for cell, align, width in zip(line, aligns, widths, strict=True)
        )
        + " |"
        for line in lines
    ]
    below = [markdown(note) for note in notes]
    return "\n\n".join([f"Table: {markdown(caption)}", "\n".join(table), *below])
