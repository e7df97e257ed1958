"""Every committed notebook keeps the rules; what its code computes: test_archive."""

import base64
import copy
import io

import nbformat
import pytest
from conftest import ROOT
from nbclient.exceptions import CellExecutionError
from notebook_rules import lecture_problems, problems
from notebooks import (
    WIDGET_VIEW,
    find_assignments,
    find_notebooks,
    normalise,
    read,
    refresh,
    write,
)
from PIL import Image

PATHS = [*find_notebooks(), *find_assignments()]
LECTURES = [path for path in PATHS if "lectures" in path.parts]
each_notebook = pytest.mark.parametrize(
    "path", PATHS, ids=lambda path: str(path.relative_to(ROOT))
)
kernel_is_chatty = pytest.mark.filterwarnings("ignore::DeprecationWarning")


# A picture of one pixel.
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwAB"
    "AQEAsTj2FAAAAABJRU5ErkJggg=="
)


def small(*cells):
    """Make a notebook: text is Markdown, (text,) code."""
    made = [
        nbformat.v4.new_code_cell(cell[0])
        if isinstance(cell, tuple)
        else nbformat.v4.new_markdown_cell(cell)
        for cell in cells
    ]
    return normalise(nbformat.v4.new_notebook(cells=made))


def test_there_are_notebooks():
    assert len(PATHS) >= 2


@each_notebook
def test_notebook_keeps_the_rules(path):
    assert problems(read(path)) == []


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_has_what_every_lecture_has(path):
    assert list(lecture_problems(read(path))) == []


def test_a_bare_lecture_is_told_all_that_is_missing():
    words = ("Before you start", "picture", "to move", "with options", "folded answer")
    found = list(lecture_problems(small("# A lecture", ("1 + 1",))))
    assert len(found) == len(words)
    for complaint, word in zip(found, words, strict=True):
        assert word in complaint


@each_notebook
def test_notebook_has_its_one_form(path):
    stored = read(path)
    assert normalise(copy.deepcopy(stored)) == stored, "run `make notebooks`"


@kernel_is_chatty
def test_wrong_number_in_prose_is_renewed(tmp_path):
    stale = small(
        ("x = -4.672",), "It is 4.60<!--= -x:.2f -->, or −4.60<!--= x:.2f -->."
    )
    fresh = refresh(stale, tmp_path)
    assert (
        fresh.cells[1].source == "It is 4.67<!--= -x:.2f -->, or −4.67<!--= x:.2f -->."
    )
    assert "4.60" in stale.cells[1].source, "the notebook given is not changed"
    write(fresh, tmp_path / "once.ipynb")
    write(refresh(fresh, tmp_path), tmp_path / "twice.ipynb")
    once, twice = (tmp_path / f"{n}.ipynb" for n in ("once", "twice"))
    assert once.read_bytes() == twice.read_bytes()


@kernel_is_chatty
def test_failing_marker_stops_the_run(tmp_path):
    with pytest.raises(CellExecutionError, match="no_such_name"):
        refresh(small(("x = 1",), "It is 1<!--= no_such_name -->."), tmp_path)


def good():
    """A notebook without problems, with an output and a figure."""
    notebook = small(("print(1)",), ("ax.plot();",), "It is 4.67<!--= x -->.")
    notebook.cells[0].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="1")
    ]
    alt = "A line that rises from left to right."
    figure = {
        "image": {"alt": alt},
        "figure": {"caption": "A line.", "name": "fig-a"},
    }
    notebook.cells[1].metadata["mystnb"] = figure
    image = nbformat.v4.new_output("display_data", {"image/png": DOT})
    notebook.cells[1].outputs = [image]
    return normalise(notebook)


def break_metadata(notebook):
    notebook.metadata["widgets"] = {}


def break_kernel(notebook):
    notebook.metadata["kernelspec"]["name"] = "conda-env"


def break_count(notebook):
    notebook.cells[1].execution_count = 7


def break_output(notebook):
    notebook.cells[0].outputs = []


def break_figure(notebook):
    notebook.cells[1].outputs = []


def break_alt(notebook):
    notebook.cells[1].metadata["mystnb"]["image"]["alt"] = "fig.png"


def break_image_alt(notebook):
    notebook.cells[1].outputs[0].metadata = {}


def break_caption(notebook):
    del notebook.cells[1].metadata["mystnb"]["figure"]["caption"]


def break_tag(notebook):
    notebook.cells[0].metadata["tags"] = ["nbval-skip"]


def break_stderr(notebook):
    notebook.cells[0].outputs[0]["name"] = "stderr"


def break_error(notebook):
    notebook.cells[0].outputs = [nbformat.v4.new_output("error")]


def source(index, text):
    def change(notebook):
        notebook.cells[index].source = text

    return change


def no_code(notebook):
    notebook.cells = notebook.cells[2:]


BROKEN = [
    (source(0, "%pip install mlm"), "installs something"),
    (break_metadata, "widget state"),
    (break_kernel, "not python3"),
    (break_count, "execution counts"),
    (no_code, "no code cell"),
    (break_output, "no output is stored"),
    (break_figure, "no image is stored"),
    (break_alt, "without alt text"),
    (break_image_alt, "does not carry its alt"),
    (break_caption, "without caption"),
    (break_tag, "unknown tag 'nbval-skip'"),
    (break_stderr, "stderr"),
    (break_error, "stored an error"),
    (source(0, "x = 1\n" * 16), "longer than 15"),
    (source(0, "x = " + "1 + " * 20 + "1"), "more than 79 characters"),
    (source(0, "pd.read_csv('https://x.org/a.csv')"), "reads a URL"),
    (source(0, "np.random.seed(1)"), "uses legacy random state"),
    (source(0, "def f():\n    pass"), "belongs in mlm"),
    (source(2, "It is 4.67 ms."), "4.67 is typed"),
    (source(2, "There are 18 people."), "18 is typed"),
    (source(2, "It is −4.67."), "−4.67 is typed"),
    (source(2, "Here $\\sigma = 25.6$."), "25.6 in a formula"),
    (source(2, "# A heading\n\nThere are 18 people."), "18 is typed"),
]


def test_good_notebook_has_no_problems():
    assert problems(good()) == []


@pytest.mark.parametrize(
    ("breaks", "words"), BROKEN, ids=[words for _, words in BROKEN]
)
def test_each_rule_sees_its_problem(breaks, words):
    notebook = good()
    breaks(notebook)
    assert any(words in problem for problem in problems(notebook)), problems(notebook)


@pytest.mark.parametrize(
    "text",
    [
        "# Week 12",
        "Subjects 309 and 310, on day 7",
        "{cite:t}`bates2015`, equations 13 and 14, section 6.1",
        "$$\nx\n$$ (eq-12-4)",
        "| 12 | the last week |",
        "see [the page](https://x.org/12.5)",
        "`x = 3.14` and $\\beta_0 + 2\\pi$",
        "a 95 % interval",
    ],
)
def test_names_and_code_are_no_typed_numbers(text):
    notebook = good()
    notebook.cells[2].source = text
    assert problems(notebook) == []


@kernel_is_chatty
def test_figures_are_sharp_and_light(tmp_path):
    """Twice the pixels of the size they are shown at, in at most 256 colours."""
    code = "from matplotlib import pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    output = refresh(small((code,)), tmp_path).cells[0].outputs[0]
    picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    assert picture.width == 2 * output.metadata["image/png"]["width"]
    assert picture.mode == "P"


def test_stored_widget_views_and_timings_go():
    notebook = small(("x",))
    bundle = {WIDGET_VIEW: {"model_id": "1f"}, "text/plain": "x"}
    notebook.cells[0].outputs = [nbformat.v4.new_output("execute_result", bundle)]
    notebook.cells[0].metadata["execution"] = {"iopub.status.busy": "2026"}
    cell = normalise(notebook).cells[0]
    assert cell.outputs[0].data == {"text/plain": "x"}
    assert cell.metadata == {}
    assert cell.outputs[0].execution_count == 1
