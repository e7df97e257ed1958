"""A real browser for the tests of built pages: the machine's own Chromium or Chrome."""

import os
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browsers import find_browser
from playwright.sync_api import sync_playwright

# Milliseconds that only a page which hangs needs, on the busiest machine.
PATIENCE = 600_000
# Colours do not fade in while they are judged.
STILL = "*, ::before, ::after { transition: none !important }"


@pytest.fixture(scope="session")
def browser():
    """A running browser; where none is found the tests are skipped, but not in CI."""
    path = find_browser()
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("NO BROWSER FOUND: pages not tested; install chromium")
    assert path, "CI needs a browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def tab(browser):
    """Open a window of its own: a context manager, ``with tab() as page``.

    Takes the options of Playwright's ``new_context``, and ``asked``, a set that gets
    the address of every file that the page asks for.
    """

    @contextmanager
    def opened(asked=None, **options):
        with browser.new_context(**options) as context:
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            if asked is not None:
                page.on("request", lambda request: _note(request.url, asked))
            yield page

    return opened


def _note(address, asked):
    """Note the address of a file; data that a page brings itself are none."""
    if address.startswith("file:"):
        asked.add(address.split("?")[0])


@pytest.fixture
def visit(tab):
    """Open a page without a network; it must cause no error and ask for nothing else.

    Gives a context manager: ``with visit(path) as page``.
    """

    @contextmanager
    def opened(path, width=1280, scheme="light", height=900, asked=None):
        problems = []
        with tab(
            asked,
            offline=True,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        ) as page:
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda said: (
                    problems.append(said.text) if said.type == "error" else None
                ),
            )
            page.on("requestfailed", lambda request: problems.append(request.url))
            page.on(
                "request",
                lambda request: (
                    None
                    if request.url.startswith(("file:", "data:", "blob:"))
                    else problems.append(request.url)
                ),
            )
            page.goto(path.as_uri())
            page.add_style_tag(content=STILL)
            yield page
        assert problems == []

    return opened


@pytest.fixture(scope="session")
def server():
    """The built site as a web server gives it; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    site = Path(__file__).resolve().parents[1] / "_build" / "html"
    handler = partial(Quiet, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def check_explorers(page):
    """Every slider of a page moves its picture, by keyboard and by mouse."""
    boxes = page.locator(".mlm-explorer")
    for i in range(boxes.count()):
        for k in range(boxes.nth(i).locator("input").count()):
            check_slider(boxes.nth(i), k, page)


def check_slider(box, k, page):
    slider, text = box.locator("input").nth(k), box.locator("output").nth(k)
    slider.scroll_into_view_if_needed()

    def state():
        shown = box.locator("img:visible")
        assert shown.count() == 1
        assert shown.evaluate("image => image.naturalWidth") > 200
        assert slider.get_attribute("aria-valuetext") == text.inner_text()
        return shown.get_attribute("src"), shown.get_attribute("alt"), text.inner_text()

    slider.focus()
    page.keyboard.press("Home")
    first = state()
    page.keyboard.press("ArrowRight")
    assert state() != first, "the arrow key moved it"
    page.keyboard.press("Home")
    assert state() == first
    area = slider.bounding_box()
    page.mouse.click(area["x"] + area["width"] - 3, area["y"] + area["height"] / 2)
    last = state()
    assert last != first, "the mouse moved it"
    page.keyboard.press("End")
    assert state() == last
