"""`Table`: fits side by side, in the forms that papers and programs take."""

import csv
import io
import textwrap
from dataclasses import dataclass

import pandas as pd

from mlm.ground.errors import DataError
from mlm.ground.markup import latex_table, markdown_table
from mlm.ground.names import Answering
from mlm.ground.text import html_parts, text_table

# Columns of a data frame and of a file, beside those of fits.
OWN = ["part", "row"]
WIDTH = 80


@dataclass(frozen=True, eq=False, repr=False)
class Table(Answering):
    """What `mlm.table` gives: fits side by side, as text in many formats.

    Attributes
    ----------
    caption : str
    names : list of str
        Heads of the columns, one a fit.
    parts : dict of list of list of str
        Rows by the part of the models they are of: a label, and a cell for each fit.
    notes : list of str
        What a reader has to know of the cells.
    """

    caption: str
    names: list
    parts: dict
    notes: list

    @property
    def _pieces(self):
        return self.caption, ["", *self.names], self.parts, self.notes

    def to_html(self):
        """The table as HTML, with headers that a screen reader can tell.

        Returns
        -------
        str
        """
        return html_parts(*self._pieces)

    def to_latex(self):
        r"""The table as LaTeX, with the lines of booktabs.

        Returns
        -------
        str
            For a document with ``\usepackage{booktabs}``.  Greek letters, digits that
            are raised and signs of arithmetic become mathematics; names in other
            scripts need lualatex.
        """
        return latex_table(*self._pieces)

    def to_markdown(self):
        """The table as Markdown, aligned in the source too.

        Returns
        -------
        str
        """
        return markdown_table(*self._pieces)

    def to_csv(self):
        """The table as comma-separated values, numbers as they are shown.

        Returns
        -------
        str
            Columns ``part`` and ``row``, and one a fit; without notes.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*OWN, *self.names])
        for part, rows in self.parts.items():
            writer.writerows([part, *row] for row in rows)
        return out.getvalue()

    def to_frame(self):
        """The table's cells.

        Returns
        -------
        DataFrame of str
            A column a fit; rows by ``part`` and ``row``.
        """
        rows = [[part, *row] for part, rows in self.parts.items() for row in rows]
        frame = pd.DataFrame(rows, columns=[*OWN, *self.names], dtype=object)
        return frame.set_index(OWN)

    def to_great_tables(self):
        """The table for the package great_tables, to be styled there.

        Returns
        -------
        great_tables.GT

        Raises
        ------
        DataError
            If great_tables is not installed.
        """
        try:
            from great_tables import GT
        except ImportError as error:
            raise DataError(
                "to_great_tables() needs the package great_tables: pip install "
                "great-tables. to_html() needs none."
            ) from error
        frame = self.to_frame().reset_index()
        made = GT(frame, rowname_col="row", groupname_col="part")
        made = made.tab_header(title=self.caption)
        for note in self.notes:
            made = made.tab_source_note(note)
        return made

    def _repr_html_(self):
        return self.to_html()

    def __repr__(self):
        lines = [["", *self.names]]
        for title, rows in self.parts.items():
            lines.append([title, *[""] * len(self.names)])
            lines += [[f"  {label}", *cells] for label, *cells in rows]
        table = text_table(lines[0], lines[1:], "<" + ">" * len(self.names))
        notes = [textwrap.fill(note, WIDTH) for note in self.notes]
        return "\n".join([self.caption, "", table, "", *notes])
