"""Questions inside the chapters: options, one of them right, each with its answer."""

import re

import nbformat
import pytest
from test_book import ROOT, SITE

LECTURES = sorted(
    path
    for path in ROOT.glob("lectures/*/*")
    if path.suffix in {".ipynb", ".md"} and path.stem != "index"
)
OPTION = re.compile(
    r'<details class="choice" name="([\w-]+)">\n<summary>(.+?)</summary>\n\n'
    r"(Right|Not)\b.*?\n\n</details>",
    re.DOTALL,
)


def text_of(path):
    """All the text of a page, in Markdown."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_every_chapter_asks(path):
    text = text_of(path)
    options = {}
    for name, summary, verdict in OPTION.findall(text):
        options.setdefault(name, []).append((summary, verdict))
    assert len(options) == text.count("**Check yourself.**") >= 1
    assert text.count('class="choice"') == sum(map(len, options.values()))
    for name, given in options.items():
        assert len(given) >= 2, name
        assert [verdict for _, verdict in given].count("Right") == 1, name
        assert len({summary for summary, _ in given}) == len(given), name


def test_options_by_keyboard_one_at_a_time(visit):
    page = "lectures/week01/linear_model"
    with visit(SITE / f"{page}.html") as shown:
        names = shown.locator("details.choice").evaluate_all(
            "options => options.map(option => option.name)"
        )
        group = shown.locator(f'details.choice[name="{names[0]}"]')
        for option in group.all():
            option.locator("summary").focus()
            shown.keyboard.press("Enter")
            opened = group.evaluate_all("all => all.map(one => one.open)")
            assert opened.count(True) == 1
            assert option.get_attribute("open") is not None
