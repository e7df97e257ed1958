"""The browser that the machine has: Chromium or Chrome."""

import shutil

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)


def find_browser():
    """Path of a browser, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
