"""Commands that mend a computer, as a terminal of any system takes them.

The standard library alone, also of Pythons that are too old for the course.
"""

import json
import os
import re
import sys
from importlib import metadata
from pathlib import Path

# What holds the folder `mlm`: the course's own folder, or that of installed packages.
COURSE = Path(__file__).absolute().parents[1]
# Of the students' packages, in the course; a folder with the library alone has none.
PINS = "scripts/students.txt"
INSTALL = {
    "python": {
        "linux": "sudo apt install python3 python3-venv",
        "darwin": "brew install python",
        "win32": "winget install --scope user Python.Python.3.13",
    },
    "git": {
        "linux": "sudo apt install git",
        "darwin": "xcode-select --install",
        "win32": "winget install --scope user Git.Git",
    },
}


def quoted(path):
    """Quote the parts of a path that need it: so sh, cmd and PowerShell can run it."""
    return re.sub(r"[^/\\]*[^\w./\\:~+@-][^/\\]*", r'"\g<0>"', str(path))


def python(arguments, program=sys.executable):
    """Command that runs this very Python, or another."""
    return f"{quoted(program)} -m {arguments}"


def hosted():
    """Whether a browser, Colab or Binder brings this Python, and looks after it."""
    services = {"COLAB_RELEASE_TAG", "BINDER_LAUNCH_HOST"}
    return sys.platform == "emscripten" or not services.isdisjoint(os.environ)


def pip(arguments):
    """Command that installs something where this Python finds it."""
    return (
        f"%pip install {arguments}" if hosted() else python(f"pip install {arguments}")
    )


def install(program):
    """Command that installs Python or git on this kind of system."""
    commands = INSTALL[program]
    return commands.get(sys.platform, commands["linux"])


def origin(name):
    """Address and hash of the wheel that a package was installed from, or None.

    pip notes both (PEP 610), but for what comes from an index of packages.
    """
    try:
        text = metadata.distribution(name).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    noted = json.loads(text or "{}")
    digest = noted.get("archive_info", {}).get("hashes", {}).get("sha256")
    return f"{noted['url']}#sha256={digest}" if digest else None


def restore(folder):
    """What brings back a folder of the course as it was: a command, if there is one."""
    if (COURSE / ".git").exists():
        return f"git -C {quoted(COURSE)} checkout -- {folder}"
    wheel = origin("mlm")
    if wheel:
        return pip(f"--force-reinstall --no-deps {wheel}")
    return "Get the course again, from where you got it."


def same(one, other):
    """Whether two paths lead to one file or folder."""
    exist = os.path.exists(one) and os.path.exists(other)
    return exist and os.path.samefile(one, other)


def is_this_python(program):
    """Whether a program is this Python: environments link to one, in many folders."""
    folder, here = os.path.dirname(program), os.path.dirname(sys.executable)
    return same(program, sys.executable) and same(folder, here)


def python_in(folder):
    """Path of the Python of an environment, or None."""
    places = ("bin/python", "Scripts/python.exe", "python.exe")
    return next((Path(folder, p) for p in places if Path(folder, p).exists()), None)
