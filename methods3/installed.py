"""What is installed in this Python: which version, and whether it can be imported.

The standard library alone, also of Pythons that are too old for the course.
"""

import re
from importlib import import_module, metadata


def version_of(name):
    """Version of a package, or None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def needs(name):
    """Packages that a package needs, and the oldest versions it allows.

    Of its extras, the one for running notebooks: ``live``.
    """
    others = re.compile(r"extra == (?!.live\b)")
    wanted = metadata.requires(name) or []
    lines = "\n".join(line for line in wanted if not others.search(line))
    return dict(re.findall(r"^([\w.-]+)(?:.*?>=\s*([\d.]+))?", lines, re.MULTILINE))


def numbers(version):
    """Numbers of a version, to compare."""
    return [int(part) for part in re.findall(r"\d+", version)]


def outdated(floors):
    """Say, by name, which packages are missing or too old."""
    said = {}
    for name, least in floors.items():
        version = version_of(name)
        if version is None:
            said[name] = f"{name} is not installed"
        elif numbers(version) < numbers(least):
            said[name] = f"{name} is {version}, but {least} or newer is needed"
    return said


def unpinned(path):
    """Say which packages are not as a file of pins has them.

    One that is pinned for some systems alone need not be there.
    """
    said = []
    pins = re.compile(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)( ;)?", re.MULTILINE)
    for name, pinned, some in pins.findall(path.read_text("utf-8")):
        version = version_of(name)
        if version != pinned and not (some and version is None):
            said.append(f"{name} {pinned}: installed is {version or 'none'}")
    return said


def broken(names):
    """Say, by name, which packages cannot be imported, through no other's fault."""
    said = {}
    for name in names:
        try:
            import_module(name)
        except Exception as error:
            said[name] = f"{name} is installed, but broken: {reason(error)}"
    own = {name: said[name] for name in said if said.keys().isdisjoint(needs(name))}
    return own or said


def reason(error):
    """First line of an error, or rather of the one that caused it."""
    while error.__cause__:
        error = error.__cause__
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
