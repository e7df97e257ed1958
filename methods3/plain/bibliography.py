"""What the course cites: entries of a BibTeX file, as a text and a list name them."""

import re
import unicodedata

ENTRY = re.compile(r"^@\w+\{([\w-]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^ *(\w+) *= *\{(.*)\},?$", re.MULTILINE)
# Letters as TeX writes them, and the marks that Unicode puts behind a letter.
LETTERS = {r"\o": "ø", r"\O": "Ø", r"\aa": "å", r"\AA": "Å", r"\ss": "ß", r"\&": "&"}
MARKS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
MARKED = re.compile(r"""\\(["'`^~])\{?(\w)\}?""")


def read_entries(text):
    """Read the entries of a BibTeX file.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict of str to dict
        Fields of each entry by its key, without TeX.

    Raises
    ------
    ValueError
        If a field has a command of TeX that is not known here.
    """
    return {
        entry[1]: {
            name.lower(): _without_tex(value) for name, value in FIELD.findall(entry[2])
        }
        for entry in ENTRY.finditer(text)
    }


def _without_tex(value):
    """Letters for commands; braces only keep capitals."""
    plain = MARKED.sub(lambda m: m[2] + MARKS[m[1]], value)
    for command, letter in LETTERS.items():
        plain = re.sub(rf"{re.escape(command)}(?![A-Za-z])", letter, plain)
    if "\\" in plain:
        raise ValueError(
            f"The reference has a command of TeX that is not known: {value!r}. "
            "Write the letter itself, or add it to LETTERS in methods3.plain."
        )
    plain = plain.replace("{", "").replace("}", "").replace("--", "–")
    return unicodedata.normalize("NFC", plain).replace("`", "‘").replace("'", "’")


def authors(entry):
    """Names of an entry's authors, each as (last, first)."""
    return [
        tuple(name.strip() for name in author.partition(",")[::2])
        for author in entry["author"].split(" and ")
    ]


def in_order(entries):
    """Sort entries by their authors and years."""
    return sorted(entries, key=lambda entry: (authors(entry), entry["year"]))


def short(entry):
    """Name the authors of an entry within a sentence."""
    last = [name for name, _ in authors(entry)]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


def in_full(entry):
    """Write an entry as a line of a list of references."""
    *others, last = (", ".join(name) for name in authors(entry))
    joined = f"{'; '.join(others)} and {last}" if others else last
    number = f"({entry['number']})" if "number" in entry else ""
    volume = entry.get("volume", "") + number
    journal = f"*{entry['journal']}*" if "journal" in entry else ""
    where = [journal, volume, entry.get("pages", ""), entry.get("publisher", "")]
    published = ", ".join(filter(None, where))
    parts = [f"{joined} ({entry['year']})", entry["title"], published]
    line = " ".join(f"{part.removesuffix('.')}." for part in parts if part)
    return f"{line} <https://doi.org/{entry['doi']}>"
