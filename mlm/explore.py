"""Figures with a slider that move in a live kernel and on a static page alike.

An `Explorer` shows itself as an ipywidget where a kernel runs (if ipywidgets is
there), and everywhere else as plain HTML: all frames drawn beforehand, a range input
that the keyboard moves, and a few lines of script without any library.  Nothing here
computes statistics or knows how to draw them.
"""

import base64
import io
import re
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mlm.covariance import RelativeFactor
from mlm.errors import DataError
from mlm.plots.covariance import plot_effects_plane
from mlm.pls import pls
from mlm.varcorr import VarCorr

MAX_FRAMES = 15

SCRIPT = """(function () {
  const box = document.getElementById("ID");
  const range = box.querySelector("input"), out = box.querySelector("output");
  const frames = box.querySelectorAll("img");
  range.addEventListener("input", function () {
    frames.forEach(function (frame, i) { frame.hidden = i !== Number(range.value); });
    const text = frames[range.value].dataset.value;
    out.textContent = text;
    range.setAttribute("aria-valuetext", text);
  });
})();"""


@dataclass(frozen=True, eq=False, repr=False)
class Explorer:
    """A figure with one slider.

    Attributes
    ----------
    name : str
        Identifier, unique on its page: letters, digits and hyphens.
    label : str
        What the slider moves, with its unit.
    values : sequence of float
        Positions of the slider, at most 15.
    draw : callable of (value, Axes)
        Draws one frame.
    alt : callable of value
        Gives the text that describes one frame to those who do not see it.
    start : int
        Index of the first value shown.
    form : str
        Format of the values, such as ``".2f"``.
    """

    name: str
    label: str
    values: tuple
    draw: object
    alt: object
    start: int = 0
    form: str = ".2f"

    def __post_init__(self):
        if not 1 < len(self.values) <= MAX_FRAMES:
            raise DataError(
                f"a slider has 2 to {MAX_FRAMES} positions, not {len(self.values)}."
            )
        if not 0 <= self.start < len(self.values):
            raise DataError(
                f"start is 0 to {len(self.values) - 1}, an index into values, "
                f"not {self.start}."
            )

    @property
    def texts(self):
        """The slider's positions as the reader sees them."""
        return [format(value, self.form).replace("-", "−") for value in self.values]

    def frame(self, value):
        """Draw one frame: PNG as bytes."""
        # A figure of our own, not pyplot's: no global state, nothing left open.
        figure = Figure(figsize=(7.0, 4.4), dpi=100, layout="constrained")
        self.draw(value, figure.subplots())
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        buffer = io.BytesIO()
        # 64 colours are enough for lines and letters, and make a quarter of the size.
        picture.quantize(64).save(buffer, format="png", optimize=True)
        return buffer.getvalue()

    def __repr__(self):
        return f"Explorer: {self.label}, {', '.join(self.texts)}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self.to_html()}
        try:
            widget = self.to_widget()._repr_mimebundle_()
        except ImportError:  # ipywidgets is an optional dependency
            return bundle
        return widget | bundle

    def to_html(self):
        """All frames and a range input, as HTML that needs no kernel and no network."""
        identifier, texts = f"explore-{self.name}", self.texts
        images = []
        for i, (value, text) in enumerate(zip(self.values, texts, strict=True)):
            picture = base64.b64encode(self.frame(value)).decode()
            images.append(
                f'<img src="data:image/png;base64,{picture}" '
                f'alt="{escape(self.alt(value))}" data-value="{text}"'
                f"{'' if i == self.start else ' hidden'}>"
            )
        return "\n".join(
            [
                f'<div class="mlm-explorer" id="{identifier}">',
                f'<label for="{identifier}-range">{escape(self.label)}</label>',
                f'<input type="range" id="{identifier}-range" min="0" '
                f'max="{len(texts) - 1}" value="{self.start}" '
                f'aria-valuetext="{texts[self.start]}">',
                f'<output for="{identifier}-range">{texts[self.start]}</output>',
                *images,
                f"<script>{SCRIPT.replace('ID', identifier)}</script>",
                "</div>",
            ]
        )

    def to_widget(self):
        """The same as an ipywidget (slider above picture), for a running kernel.

        Returns
        -------
        ipywidgets.VBox

        Raises
        ------
        ImportError
            If ipywidgets is not installed.
        """
        import ipywidgets as widgets

        slider = widgets.SelectionSlider(
            options=[(text, i) for i, text in enumerate(self.texts)],
            value=self.start,
            description=self.label,
            style={"description_width": "initial"},
        )
        image = widgets.Image(value=self.frame(self.values[self.start]), format="png")

        def move(change):
            image.value = self.frame(self.values[change["new"]])

        slider.observe(move, "value")
        return widgets.VBox([slider, image])


def theta_slider(fit, theta_name, values, *, units=("", "")):
    """Move one element of theta; watch Σ₁'s ellipse, the modes and the criterion.

    Parameters
    ----------
    fit : LinearMixedModel
        With one random term of two effects.  The other elements of theta stay at θ̂.
    theta_name : str
        Which element, as in ``fit.theta``.
    values : sequence of float
        Its values, at most 15.
    units : tuple of (str, str)
        Units of the two effects.

    Returns
    -------
    Explorer
        Starts at the value nearest to the estimate.

    Raises
    ------
    DataError
        If there is no such element of theta, or not one term of two effects.
    """
    if theta_name not in fit.theta:
        known = ", ".join(fit.theta.index)
        raise DataError(f"no theta called {theta_name!r}; there are: {known}.")
    terms = fit.design.terms
    if len(terms) != 1 or terms[0].k != 2:
        raise DataError("theta_slider needs one random term with two effects.")
    term = terms[0]

    def at(value):
        """Modes, Σ₁ and criterion with this one element changed."""
        theta = fit.theta.copy()
        theta[theta_name] = value
        pieces = pls(fit.design, theta, fit.reml)
        blocks = RelativeFactor(terms).blocks(theta)
        Sigma = VarCorr(terms, blocks, pieces.sigma)[term.name]
        modes = pd.DataFrame(pieces.b.reshape(term.J, 2), columns=term.columns)
        return modes, Sigma, pieces.criterion

    solved = {value: at(value) for value in values}
    # One frame for all positions: 3 standard deviations of the widest ellipse.
    variances = np.array([np.diag(Sigma) for _, Sigma, _ in solved.values()])
    reach = 3 * np.sqrt(variances.max(axis=0))

    def correlation(Sigma):
        scale = np.sqrt(np.prod(np.diag(Sigma)))
        return f"{Sigma.iloc[0, 1] / scale:.2f}".replace("-", "−") if scale else "none"

    def draw(value, ax):
        modes, Sigma, criterion = solved[value]
        plot_effects_plane(modes, Sigma, units=units, ax=ax)
        ax.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]))
        text = f"criterion {criterion:.2f}\nlowest {fit.criterion:.2f}\n"
        text += f"correlation {correlation(Sigma)}"
        ax.text(0.98, 0.04, text, transform=ax.transAxes, ha="right", va="bottom")

    def alt(value):
        _, Sigma, criterion = solved[value]
        return (
            f"Plane of the two random effects at {theta_name} = {value:.2f}: the "
            f"ellipse of Sigma has correlation {correlation(Sigma)}; the criterion is "
            f"{criterion:.2f}, its lowest value {fit.criterion:.2f}."
        )

    start = int(np.abs(np.subtract(values, fit.theta[theta_name])).argmin())
    name = re.sub(r"[^a-z]+", "-", theta_name.lower()).strip("-")
    return Explorer(name, theta_name, tuple(values), draw, alt, start)
