"""Record which versions of packages run in a browser: scripts/pyodide.json.

    python scripts/pyodide_versions.py

Pyodide is Python for the browser.  The kernel of JupyterLite names one release of it,
whose lock file (in the npm package of that release) holds every package that it has.
Needs npm.
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

TARGET = Path(__file__).with_name("pyodide.json")


def main():
    """Fetch the lock file and keep names and versions."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"pyodide@{PYODIDE_VERSION}"],
            cwd=folder,
            check=True,
        )
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            lock = json.load(package.extractfile("package/pyodide-lock.json"))
    versions = {
        package["name"]: package["version"]
        for package in lock["packages"].values()
        if package["package_type"] == "package"
    }
    record = {
        "pyodide": PYODIDE_VERSION,
        "python": lock["info"]["python"],
        "packages": dict(sorted(versions.items())),
    }
    text = json.dumps(record, indent=1) + "\n"
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    print(f"Pyodide {PYODIDE_VERSION}: {len(versions)} packages")


if __name__ == "__main__":
    main()
