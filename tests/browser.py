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


@pytest.fixture
def visit(browser):
    """Open a page without a network; it must cause no error and ask for nothing else.

    Gives a context manager: ``with visit(path) as page``.
    """

    @contextmanager
    def opened(path, width=1280, height=900):
        context = browser.new_context(
            offline=True,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",  # colours do not fade in while they are judged
        )
        page, problems = context.new_page(), []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda said: problems.append(said.text) if said.type == "error" else None,
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
        yield page
        context.close()
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
