"""Data sets of the course, and where each of them comes from.

The files are inside the package, exported by script and checked against their
SHA-256 on load; nothing here touches the network.
"""

import hashlib
import io
import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

from mlm.errors import DataError
from mlm.printing import html_table, text_table

__all__ = ["load_sleepstudy", "provenance"]


@cache
def _records():
    return tomllib.loads(files(__name__).joinpath("provenance.toml").read_text("utf-8"))


def _read(name):
    """Read one CSV of the package; refuse a file that is not the one recorded."""
    record = _records()[name]
    content = files(__name__).joinpath(f"{name}.csv").read_bytes()
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise DataError(
            f"mlm/datasets/{name}.csv is not the file it should be (SHA-256 differs). "
            "Restore it: install mlm again, or run 'git checkout mlm/datasets'."
        )
    return pd.read_csv(io.BytesIO(content))


def load_sleepstudy():
    """Reaction times of 18 people over ten days of restricted sleep.

    Days 0 and 1 were training and day 2 the baseline; sleep restriction (3 hours
    in bed) began after day 2.  `provenance` tells the rest.

    Returns
    -------
    DataFrame, shape (180, 3)
        ``Reaction`` (ms, the day's average), ``Days`` (0 to 9) and ``Subject``
        (categorical, 18 labels).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Belenky et al. (2003), J. Sleep Res. 12, 1-12.  Data as in R's lme4.

    Examples
    --------
    >>> load_sleepstudy().shape
    (180, 3)
    """
    sleepstudy = _read("sleepstudy")
    sleepstudy["Subject"] = sleepstudy["Subject"].astype(str).astype("category")
    return sleepstudy


class Provenance(dict):
    """Facts about a data set, by name; shows itself as a table."""

    def __repr__(self):
        rows = [[name, text] for name, text in self.items()]
        return text_table(["", self["title"]], rows, "<<")

    def _repr_html_(self):
        rows = [[name, text] for name, text in self.items() if name != "title"]
        return html_table(self["title"], ["fact", "what"], rows)


def provenance(name):
    """Source, licence, citation, size, units and pitfalls of one data set.

    Parameters
    ----------
    name : str
        Name of the data set, such as ``"sleepstudy"``.

    Returns
    -------
    Provenance
        A dict of texts, in reading order.

    Raises
    ------
    DataError
        If no data set has that name; the message lists those there are.

    Examples
    --------
    >>> provenance("sleepstudy")["rows × columns"]
    '180 × 3'
    """
    if name not in _records():
        raise DataError(f"no data set {name!r}; there are: {', '.join(_records())}.")
    record = _records()[name]
    facts = {key: record[key] for key in ("title", "description")}
    facts["rows × columns"] = f"{record['rows']} × {len(record['columns'])}"
    facts |= {f"column {column}": what for column, what in record["columns"].items()}
    facts |= {
        f"pitfall {i}": text for i, text in enumerate(record["pitfalls"], start=1)
    }
    facts |= {key: record[key] for key in ("source", "licence", "citation", "sha256")}
    return Provenance(facts)
