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


@pytest.fixture(scope="session")
def window(tab):
    """One that stays open, without a network: a new one costs as much as a page."""
    with tab(offline=True, reduced_motion="reduce") as page:
        yield page


@pytest.fixture
def visit(window):
    """Open a page without a network; it must cause no error and ask for nothing else.

    Gives a context manager: ``with visit(path) as page``.  The next visit finds
    nothing of this one.
    """

    @contextmanager
    def opened(path, width=1280, scheme="light", height=900, asked=None):
        problems, asked = [], set() if asked is None else asked
        listeners = {
            "pageerror": lambda error: problems.append(str(error)),
            "console": lambda said: (
                problems.append(said.text) if said.type == "error" else None
            ),
            "requestfailed": lambda request: problems.append(request.url),
            "request": lambda request: (
                _note(request.url, asked)
                if request.url.startswith(("file:", "data:", "blob:"))
                else problems.append(request.url)
            ),
        }
        window.set_viewport_size({"width": width, "height": height})
        window.emulate_media(color_scheme=scheme)
        for event, listener in listeners.items():
            window.on(event, listener)
        try:
            window.goto(path.as_uri())
            window.add_style_tag(content=STILL)
            yield window
        finally:
            for event, listener in listeners.items():
                window.remove_listener(event, listener)
            window.evaluate("[localStorage, sessionStorage].map(kept => kept.clear())")
            window.emulate_media(media="null")
            window.goto("about:blank")
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


def check_live_figures(page):
    """All are drawn, in the place of their pictures."""
    live = page.locator(".mlm-live")
    assert live.count() == page.locator(".mlm-live:not([data-live]):has(svg)").count()
