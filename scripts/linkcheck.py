"""Follow every link of the book to another site, and say which are broken.

    python scripts/linkcheck.py

Broken links to other sites are reported and do not fail: they break by themselves.
Links inside the book do fail, here as in every build.
"""

import json
import subprocess
import sys
from pathlib import Path

from notebooks import ROOT

REPORT = ROOT / "_build/links/_build/html/output.json"
BROKEN = {"broken", "timeout"}


def main():
    """Check, and print a line for each broken link."""
    REPORT.unlink(missing_ok=True)
    program = Path(sys.executable).with_name("jupyter-book")
    options = "build . --builder linkcheck --keep-going --path-output _build/links"
    run = subprocess.run(
        [program, *options.split()], cwd=ROOT, capture_output=True, text=True
    )
    if not REPORT.exists():
        sys.exit(f"The book does not build:\n{run.stdout}\n{run.stderr}")
    found = [json.loads(line) for line in REPORT.read_text("utf-8").splitlines()]
    broken = [link for link in found if link["status"] in BROKEN]
    for link in broken:
        print(f"{link['filename']}:{link['lineno']}: {link['uri']}: {link['info']}")
    print(f"{len(found)} links, {len(broken)} broken")
    inside = [link for link in broken if not link["uri"].startswith("http")]
    sys.exit(1 if inside else 0)


if __name__ == "__main__":
    main()
