"""The scripts of live figures as one, without a tool that would have to be installed.

Each file in ``js/`` is an ES module that says what it takes and gives in lines of two
kinds, ``import { a, b } from "./other.js";`` and ``export function a…`` (or ``class``,
``const``).  Joined, each becomes a function that gives its exports: browsers load no
modules from a folder on a disk, and the course is read there, too.
"""

import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("js")
IMPORT = re.compile(r'^import \{([^}]+)\} from "\./([\w-]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE
)
# Mounts every figure of the page that it stands on.
ON_A_PAGE = """\
if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", () => $mount.mountAll(document));
} else {
  $mount.mountAll(document);
}
"""


@cache
def page_script():
    """Script of a page that mounts its live figures: str."""
    return f"(() => {{\n{joined('mount')}{ON_A_PAGE}}})();\n"


@cache
def widget_module():
    """ES module of a live widget, as anywidget wants it: str."""
    return f"{joined('mount')}export default {{ render: $mount.render }};\n"


def joined(*names):
    """Join modules, and all that they need, each after those it takes from.

    Parameters
    ----------
    *names : str
        Names of files in ``js/``.

    Returns
    -------
    str
        A script in which ``$name`` is what the module gives.
    """
    style = json.dumps({"css": _read("live.css")})
    parts = {"style": f"const $style = {style};\n"}

    def add(name):
        if name in parts:
            return
        source = _read(f"{name}.js")
        for match in IMPORT.finditer(source):
            add(match[2])
        body = IMPORT.sub(r"const {\1} = $\2;\n", source)
        given = ", ".join(match[1] for match in EXPORT.finditer(body))
        inside = f"{EXPORT.sub('', body)}\nreturn {{ {given} }};"
        parts[name] = f"const ${name} = (() => {{\n{inside}\n}})();\n"

    for name in names:
        add(name)
    return "".join(parts.values())


def _read(name):
    return FOLDER.joinpath(name).read_text("utf-8")
