"""What a notebook of the book must be: rules, each with the words of its complaint."""

import ast
import re

from notebooks import MARKER

# A misspelt tag is ignored in silence by every tool.
TAGS = {
    "given",  # in a lecture that is typed live: code that students get
    "hide-input",  # code folded on the page
    "remove-input",  # code that only makes a picture or a table
    "two-columns",  # a picture whose halves a phone shows one above the other
    "raises-exception",  # a failure shown on purpose
    "solution",  # in an exercise: the worked answer
}
LONGEST_CELL = 15  # of those that readers see
WIDEST_LINE = 79  # more does not fit beside the page's margins
FORBIDDEN = {
    r"read_\w+\(\s*[\"']https?:|urlopen|requests\.": "reads a URL",
    r"np\.random\.(?!default_rng|Generator)|RandomState": "uses legacy random state",
    r"pip\s+install|find_spec": "installs something: published copies do that",
    r"^\s*(?:def|class) ": "defines what belongs in mlm, with a test",
}
# Prose without what is no prose: code, maths, roles, links, HTML, headings, labels.
NOT_PROSE = re.compile(
    r"```(?!\{).*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\{[\w:]+\}`[^`]*`"
    r"|\]\([^)]*\)|<!--.*?-->|<[^>]+>|^#+ [^\n]*$|^\([\w-]+\)=$|\(eq-[\w-]+\)$",
    re.DOTALL | re.MULTILINE,
)
MATHS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
SUBSCRIPT = re.compile(r"_\{?\d+\}?")
NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d.,]*(?<![.,])")
# Names, not results: subjects, equations, weeks of a table; and an interval's level.
LABELS = re.compile(
    r"(?:[Ss]ubject|[Ee]quation|[Ff]igure|[Ss]ection)s? "
    r"\d[\d.]*(?:(?:,| and) \d[\d.]*)*"
    r"|SHA-256|^\| \d+ \||95 %",
    re.MULTILINE,
)


def problems(notebook):
    """Everything wrong with a notebook, as sentences that name the cell."""
    return [
        f"cell {number}: {complaint}" if number else complaint
        for number, complaint in _problems(notebook)
    ]


def lecture_problems(notebook):
    """What a lecture lacks that every one has, as sentences."""
    cells = notebook.cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    shown = [output.get("data", {}) for output in outputs]
    if not re.search(r"(?m)^\*Before you start:\*", text):
        yield "the first cell does not say what is needed before (*Before you start:*)"
    if not any("image/png" in data for data in shown):
        yield "there is no picture"
    if not any("mlm-live" in str(data.get("text/html")) for data in shown):
        yield "there is nothing to move (methods3.explore)"
    if '<details class="choice"' not in text:
        yield "there is no question with options (**Check yourself.**)"
    if "<details>" not in text:
        yield "there is no question with a folded answer"


def _problems(notebook):
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield 0, "the kernel is not python3"
    if "widgets" in notebook.metadata:
        yield 0, "the metadata hold widget state"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not code:
        yield 0, "there is no code cell"
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        yield 0, f"execution counts are not 1 to {len(code)}: {counts}"
    for number, cell in enumerate(notebook.cells, start=1):
        rules = {"code": _code_problems, "markdown": _prose_problems}
        for complaint in rules[cell.cell_type](cell):
            yield number, complaint


def _code_problems(cell):
    tags = cell.metadata.get("tags", [])
    for tag in set(tags) - TAGS:
        yield f"unknown tag {tag!r}"
    seen = "remove-input" not in tags
    if seen and len(cell.source.splitlines()) > LONGEST_CELL:
        yield f"longer than {LONGEST_CELL} lines"
    if max(map(len, cell.source.split("\n"))) > WIDEST_LINE:
        yield f"a line of more than {WIDEST_LINE} characters"
    for pattern, complaint in FORBIDDEN.items():
        if re.search(pattern, cell.source, re.MULTILINE):
            yield complaint
    if _should_show(cell.source) and not cell.outputs:
        yield "should show something, but no output is stored"
    figure = cell.metadata.get("mystnb", {})
    images = [o for o in cell.outputs if "image/png" in o.get("data", {})]
    if "figure" in figure and not images:
        yield "described as a figure, but no image is stored"
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            yield "wrote to stderr"
        if output.output_type == "error" and "raises-exception" not in str(
            cell.metadata.get("tags")
        ):
            yield "stored an error"
    alt = figure.get("image", {}).get("alt", "")
    if images and (len(alt) < 20 or alt.endswith(".png")):
        yield "a figure without alt text"
    if images and not {"caption", "name"} <= figure.get("figure", {}).keys():
        yield "a figure without caption and name"
    for output in images:
        if output.metadata.get("image/png", {}).get("alt") != alt:
            yield "the image does not carry its alt text"


def _should_show(source):
    """Whether a cell prints, or ends in a value that is not silenced by ``;``."""
    tree = ast.parse(
        re.sub(r"(?m)^(\s*)[%!].*", r"\1pass", source)  # commands to Jupyter
    )
    prints = any(
        isinstance(node, ast.Name) and node.id == "print" for node in ast.walk(tree)
    )
    ends_in_value = tree.body and isinstance(tree.body[-1], ast.Expr)
    return prints or bool(ends_in_value and not source.rstrip().endswith(";"))


def _prose_problems(cell):
    computed = MARKER.sub(" ", cell.source)
    prose = LABELS.sub(" ", NOT_PROSE.sub(" ", computed))
    for number in NUMBER.findall(prose):
        if len(number) > 1:
            yield f"{number} is typed: follow it with a marker <!--= expression -->"
    for formula in MATHS.findall(computed):
        for number in NUMBER.findall(SUBSCRIPT.sub("", formula)):
            if len(number.lstrip("−-")) > 1:
                yield f"{number} in a formula: write it in the text, with a marker"
