"""What an update says, in any terminal."""

import sys

# Names of a list; what is more is counted.
SHOWN = 12


def say(text):
    """Print a line, also where the terminal has no letter for some of it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def listed(title, names):
    """Print a title and a line for each name; nothing if there is none."""
    if names:
        say(title)
        for name in names[:SHOWN]:
            say(f"    {name}")
        if names[SHOWN:]:
            say(f"    and {len(names) - SHOWN} more")
