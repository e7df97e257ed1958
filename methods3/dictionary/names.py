"""Names that R and other libraries have, as mlm answers to who types them."""

from dataclasses import dataclass

from mlm.ground import names
from mlm.ground.text import html_table, text_table

HEADER = ["typed elsewhere", "written here", "to know"]


@dataclass(frozen=True)
class Names:
    """Names and what is written here instead; shows itself as a table.

    Attributes
    ----------
    rows : tuple of (str, str, str)
    """

    rows: tuple

    def __repr__(self):
        return text_table(HEADER, self.rows, "<<<")

    def _repr_html_(self):
        # Long, and looked up by those who need it: it opens at a click.
        table = html_table("Names for a fit, and for mlm", HEADER, self.rows)
        told = f"<summary>All {len(self.rows)} rows</summary>"
        return f"<details>\n{told}\n{table}\n</details>"


def all_names():
    """Put all names that mlm answers to beside what is written here.

    Returns
    -------
    Names

    Examples
    --------
    >>> all_names().rows[0]
    ('fixef, fixed.effects, fe_params', 'fit.fixef', '')
    """
    rows = names.table()["names"]
    cells = ((", ".join(r["typed"]), r["python"], r.get("says", "")) for r in rows)
    return Names(tuple(cells))
