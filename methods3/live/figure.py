"""Figures that answer at once: drawn by scripts where readers are.

A `Live` figure shows itself as a widget where a kernel runs (if anywidget is there).
On a page it is one picture that stands still, with its description, which the page's
script replaces by the figure that moves: see ``js/``, and `bundle` for how its modules
become one script.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from matplotlib.figure import Figure

from methods3.live.svg import RASTER_DPI, address, draw_svg


@dataclass(frozen=True, eq=False, repr=False)
class Live:
    """A figure that readers drag, and that answers while they do.

    Attributes
    ----------
    name : str
        Identifier, unique on its page: letters, digits and hyphens.
    figure : str
        Which one it is, in ``js/figures.js``.
    label : str
        What it is, for those who do not see it: a title.
    parameters : dict
        What the script is given: numbers, words and lists of them.
    draw : callable of Figure
        Draws the picture that stands still: the figure at its start.
    alt : str
        The text that describes this picture.
    size : tuple of (float, float)
        Of the picture, in inches of 96 pixels.
    state : dict
        Where it starts, if not where the script does.
    """

    name: str
    figure: str
    label: str
    parameters: dict
    draw: Callable[[Figure], None]
    alt: str
    size: tuple[float, float] = (7.0, 3.2)
    state: dict = field(default_factory=dict)

    def __repr__(self):
        return f"{self.label}\n{self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self.to_html()}
        try:
            widget = self.to_widget()._repr_mimebundle_()
        except ImportError:  # anywidget is an optional dependency
            return bundle
        return (widget[0] if isinstance(widget, tuple) else widget) | bundle

    def still(self):
        """Draw the picture that stands still.

        Returns
        -------
        str
            An SVG.
        """
        figure = Figure(figsize=self.size, dpi=RASTER_DPI, layout="constrained")
        self.draw(figure)
        return draw_svg(figure)

    def told(self):
        """Give what the script is told: dict of figure, label, parameters and state."""
        return {
            "figure": self.figure,
            "label": self.label,
            "parameters": self.parameters,
            "state": self.state,
        }

    def to_html(self):
        """Give the picture that stands still, and what the page's script needs: str."""
        # Nothing in a text can end the element that it stands in.
        told = json.dumps(self.told(), ensure_ascii=False).replace("<", "\\u003c")
        return (
            f'<div class="mlm-live" id="live-{self.name}" data-live>'
            f'<img src="data:image/svg+xml,{address(self.still())}" '
            f'alt="{escape(self.alt)}">'
            f'<script type="application/json">{told}</script></div>'
        )

    def to_widget(self):
        """The same as a widget, for a running kernel; its ``state`` follows the reader.

        Returns
        -------
        anywidget.AnyWidget

        Raises
        ------
        ImportError
            If anywidget is not installed.
        """
        from methods3.live.widget import LiveWidget

        return LiveWidget(told=self.told())
