"""A page with one live figure, and what the figure says there."""

import re
from functools import cache

import pytest

from methods3.live.bundle import page_script

PAGE = """<!doctype html><html lang="en" data-theme="light"><head>
<meta charset="utf-8"><title>A figure</title>
<meta name="viewport" content="width=device-width">
<style>html[data-theme=dark] {{ background: #14181e; color: #fff }}</style></head>
<body><main><h1>A figure</h1>{}</main><script>{}</script></body></html>"""
STATE = "JSON.stringify(document.querySelector('.mlm-live').view.state)"


@pytest.fixture(scope="module")
def ready(request):
    """Every figure that the module's ``READY`` makes, made once."""
    return {name: make() for name, make in request.module.READY.items()}


@pytest.fixture
def figure(request, ready):
    """The figure that a test names: see `only`."""
    return ready[request.param]


@cache
def html_of(figure):
    """What stands for a figure on a page; its still picture is drawn once."""
    return figure.to_html()


@cache
def page_of(figure):
    """A page with a figure alone."""
    return PAGE.format(html_of(figure), page_script())


@pytest.fixture
def shown(figure, visit, tmp_path):
    """A page with the figure alone; an error on it is a failure."""
    path = tmp_path / "page.html"
    path.write_text(page_of(figure), "utf-8")
    with visit(path) as page:
        yield page


def only(name):
    """Give a test one figure of the module's ``READY``."""
    return pytest.mark.parametrize("figure", [name], indirect=True)


def say(page, /, **state):
    """What a figure says at another state."""
    page.evaluate(
        """state => {
          const { view } = document.querySelector(".mlm-live");
          Object.assign(view.state, state);
          view.redraw();
        }""",
        state,
    )
    return page.locator(".words").inner_text()


def number_after(words, said):
    """The number that follows some words."""
    found = re.search(rf"{words} (−?[\d.]*\d)", said)[1]
    return float(found.replace("−", "-"))
