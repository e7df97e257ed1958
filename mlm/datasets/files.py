"""Files of data in the package: read, if they are the recorded ones, and told of."""

import hashlib
import io
import lzma
import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

from mlm.ground.errors import DataError, check_known
from mlm.ground.text import html_table, text_table


@cache
def records():
    """Facts about all files, by name: dict."""
    return tomllib.loads(
        files(__package__).joinpath("provenance.toml").read_text("utf-8")
    )


def read(name, *labels, **ordered):
    """Read one file of the package; refuse one that is not the one recorded.

    Columns of labels become categoricals, their labels sorted (as numbers, where they
    are); a column in `ordered` has its labels in the order given there.
    """
    record = records()[name]
    file = files(__package__).joinpath(record["file"])
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise DataError(
            f"mlm/datasets/{file.name} is not the file it should be (SHA-256 differs). "
            "Restore it: install mlm again, or run 'git checkout mlm/datasets'."
        )
    if file.name.endswith(".xz"):
        content = lzma.decompress(content)
    data = pd.read_csv(io.BytesIO(content))
    sorted_labels = {column: sorted(data[column].unique()) for column in labels}
    for column, order in (sorted_labels | ordered).items():
        order = [str(label) for label in order]
        data[column] = pd.Categorical(data[column].astype(str), categories=order)
    return data


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
    check_known("data set", name, records())
    record = records()[name]
    facts = {key: record[key] for key in ("title", "description")}
    facts["rows × columns"] = f"{record['rows']} × {len(record['columns'])}"
    facts |= {f"column {column}": what for column, what in record["columns"].items()}
    facts |= {
        f"pitfall {i}": text for i, text in enumerate(record["pitfalls"], start=1)
    }
    facts |= {key: record[key] for key in ("source", "licence", "citation", "sha256")}
    return Provenance(facts)
