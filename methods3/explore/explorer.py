"""Figures with sliders that move in a live kernel and on a static page alike.

An `Explorer` shows itself as an ipywidget where a kernel runs (if ipywidgets is
there), and everywhere else as plain HTML: all frames drawn beforehand, range inputs
that the keyboard moves, and a few lines of script without any library.  Nothing here
computes statistics or knows how to draw them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import product

import numpy as np
from matplotlib.figure import Figure

from methods3.explore.svg import RASTER_DPI, address, draw_svg
from mlm.ground.errors import DataError

# Frames of a figure with one slider, and with two; and characters of its HTML.
MAX_FRAMES = {1: 15, 2: 49}
MAX_SIZE = 400_000

# Not the attribute "hidden": style sheets of notebooks show such pictures all the same.
HIDDEN = ' style="display: none"'
SCRIPT = """(function () {
  const box = document.getElementById("ID"), texts = TEXTS;
  const ranges = box.querySelectorAll("input"), frames = box.querySelectorAll("img");
  box.addEventListener("input", function () {
    let shown = 0;
    ranges.forEach(function (range, i) {
      const text = texts[i][range.value];
      shown = shown * texts[i].length + Number(range.value);
      range.setAttribute("aria-valuetext", text);
      range.nextElementSibling.textContent = text;
    });
    frames.forEach(function (frame, i) {
      frame.style.display = i === shown ? "" : "none";
    });
  });
})();"""


@dataclass(frozen=True)
class Slider:
    """What a reader moves.

    Attributes
    ----------
    label : str
        With the unit.
    values : tuple
        Its positions, numbers or words.
    start : int
        Index of the first one shown.
    form : str
        Format of numbers, such as ``".2f"``.
    """

    label: str
    values: tuple
    start: int = 0
    form: str = ".2f"

    def __post_init__(self):
        if not 0 <= self.start < len(self.values):
            raise DataError(
                f"start is 0 to {len(self.values) - 1}, an index into values, "
                f"not {self.start}."
            )

    @property
    def texts(self):
        """Its positions as the reader sees them: list of str."""
        return [self._text(value) for value in self.values]

    def _text(self, value):
        if isinstance(value, str):
            return value
        if np.isinf(value):
            return "∞"
        return format(value, self.form).replace("-", "−")


@dataclass(frozen=True, eq=False, repr=False)
class Explorer:
    """A figure with one or two sliders.

    Attributes
    ----------
    name : str
        Identifier, unique on its page: letters, digits and hyphens.
    sliders : tuple of Slider
        One with at most 15 positions, or two with at most 49 together.
    draw : callable of (Figure, value, ...)
        Draws one frame: a value a slider.
    alt : callable of (value, ...)
        Gives the text that describes one frame to those who do not see it.
    size : tuple of (float, float)
        Of a frame, in inches of 96 pixels.
    """

    name: str
    sliders: tuple[Slider, ...]
    draw: Callable[..., None]
    alt: Callable[..., str]
    size: tuple[float, float] = (7.0, 4.4)

    def __post_init__(self):
        if len(self.sliders) not in MAX_FRAMES:
            raise DataError(f"an explorer has 1 or 2 sliders, not {len(self.sliders)}.")
        most = MAX_FRAMES[len(self.sliders)]
        count = len(self._positions())
        if not 1 < count <= most:
            raise DataError(f"the sliders have 2 to {most} positions, not {count}.")

    def _positions(self):
        """All combinations of values, in the order of the frames."""
        return list(product(*(slider.values for slider in self.sliders)))

    @property
    def start(self):
        """Values that are shown first: tuple."""
        return tuple(slider.values[slider.start] for slider in self.sliders)

    def frame(self, *values):
        """Draw one frame.

        Parameters
        ----------
        *values : float
            Of the sliders, in their order.

        Returns
        -------
        str
            An SVG.
        """
        # A figure of our own, not pyplot's: no global state, nothing left open.
        figure = Figure(figsize=self.size, dpi=RASTER_DPI, layout="constrained")
        self.draw(figure, *values)
        return draw_svg(figure)

    def __repr__(self):
        lines = [f"{s.label}: {', '.join(s.texts)}" for s in self.sliders]
        return "\n".join(["Explorer", *lines, self.alt(*self.start)])

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self.to_html()}
        try:
            widget = self.to_widget()._repr_mimebundle_()
        except ImportError:  # ipywidgets is an optional dependency
            return bundle
        return widget | bundle

    def to_html(self):
        """All frames and their sliders, as HTML that needs no kernel and no network.

        Raises
        ------
        DataError
            If it would be larger than 400 kB.
        """
        identifier = f"explore-{self.name}"
        lines = [f'<div class="mlm-explorer" id="{identifier}">']
        for i, slider in enumerate(self.sliders):
            own, text = f"{identifier}-range-{i}", slider.texts[slider.start]
            lines += ["<br>"] * (i > 0)
            lines += [
                f'<label for="{own}">{escape(slider.label)}</label>',
                f'<input type="range" id="{own}" min="0" '
                f'max="{len(slider.values) - 1}" value="{slider.start}" '
                f'aria-valuetext="{text}">',
                f'<output for="{own}">{text}</output>',
            ]
        for values in self._positions():
            lines.append(
                f'<img src="data:image/svg+xml,{address(self.frame(*values))}" '
                f'alt="{escape(self.alt(*values))}"'
                f"{'' if values == self.start else HIDDEN}>"
            )
        texts = json.dumps([s.texts for s in self.sliders], ensure_ascii=False)
        script = SCRIPT.replace("ID", identifier).replace("TEXTS", texts)
        page = "\n".join([*lines, f"<script>{script}</script>", "</div>"])
        if len(page) > MAX_SIZE:
            raise DataError(
                f"the {len(self._positions())} frames take {len(page) // 1000} kB; at "
                f"most {MAX_SIZE // 1000}: use fewer positions, or a smaller size."
            )
        return page

    def to_widget(self):
        """The same as an ipywidget (sliders above picture), for a running kernel.

        Returns
        -------
        ipywidgets.VBox

        Raises
        ------
        ImportError
            If ipywidgets is not installed.
        """
        import ipywidgets as widgets

        controls = [
            widgets.SelectionSlider(
                options=[(text, i) for i, text in enumerate(slider.texts)],
                value=slider.start,
                description=slider.label,
                style={"description_width": "initial"},
                layout={"width": "32em"},
            )
            for slider in self.sliders
        ]
        image = widgets.Image(format="svg+xml")
        image.value = self.frame(*self.start).encode()

        def move(_):
            chosen = zip(self.sliders, controls, strict=True)
            frame = self.frame(*(s.values[c.value] for s, c in chosen))
            image.value = frame.encode()

        for control in controls:
            control.observe(move, "value")
        return widgets.VBox([*controls, image])
