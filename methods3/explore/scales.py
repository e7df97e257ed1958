"""Explorer of scales: what a zero point and a unit change, and what they do not."""

import numpy as np

from methods3.explore.explorer import Explorer, Slider
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREY, tidy

# Zero in degrees Celsius, and how many degrees of the scale one degree Celsius is.
NAMED = {
    "Kelvin": (-273.15, 1),
    "Rankine": (-273.15, 1.8),
    "Fahrenheit": (-160 / 9, 1.8),
    "Celsius": (0, 1),
}


def scale_sliders(temperatures, zeros, units):
    """Move the zero of a temperature scale and the size of its degrees.

    Parameters
    ----------
    temperatures : tuple of (float, float, float)
        Three to compare, in °C, from cold to warm.
    zeros : sequence of float
        Where the scale's zero is, in °C, below all temperatures.
    units : sequence of float
        Degrees of the scale in one degree Celsius, above 0.  At most 49 pairs with
        `zeros`.

    Returns
    -------
    Explorer
        Starts at the zero nearest to 0 °C and the first unit.

    Raises
    ------
    DataError
        If the temperatures do not rise, or a zero or a unit is impossible.

    Examples
    --------
    >>> scale_sliders((20, 40, 100), (-273.15, 0), (1, 1.8)).alt(-273.15, 1)[:47]
    'The scale of Kelvin: 293.15, 313.15 and 373.15.'
    """
    first, second, third = temperatures
    if not (max(zeros) < first < second < third and min(units) > 0):
        raise DataError(
            "temperatures rise, zeros are below all of them, and units above 0: not "
            f"{temperatures}, {zeros}, {units}."
        )

    def on_scale(zero, unit):
        return unit * (np.array(temperatures) - zero)

    def name(zero, unit):
        for scale, numbers in NAMED.items():
            if np.allclose((zero, unit), numbers):
                return f"The scale of {scale}"
        return "A scale of our own"

    def draw(figure, zero, unit):
        ax = tidy(figure.subplots())
        numbers = on_scale(zero, unit)
        ax.bar(range(3), numbers, width=0.5, color=BLUE)
        ax.axhline(0, color=GREY)
        for i, number in enumerate(numbers):
            ax.text(i, number, f"{number:.2f}", ha="center", va="bottom")
        # The same heights of the picture are the same heat, whatever the scale.
        coldest, warmest = min(zeros), third + 0.1 * (third - min(zeros))
        ax.set_ylim(unit * (coldest - zero), unit * (warmest - zero))
        ax.set_xticks(range(3), [f"{t:g} °C" for t in temperatures])
        ax.set_ylabel("number on the scale")
        ratio, steps = _ratios(numbers)
        ax.set_title(
            f"{name(zero, unit)}\n"
            f"second : first = {ratio:.4f};  second step : first step = {steps:.4f}",
            size="medium",
        )

    def alt(zero, unit):
        a, b, c = numbers = on_scale(zero, unit)
        ratio, steps = _ratios(numbers)
        return (
            f"{name(zero, unit)}: {a:.2f}, {b:.2f} and {c:.2f}. The second is "
            f"{ratio:.4f} times the first; the second step is {steps:.4f} times the "
            "first step."
        )

    start = int(np.argmin(np.abs(zeros)))
    sliders = (
        Slider("zero of the scale (°C)", tuple(zeros), start),
        Slider("its degrees in one °C", tuple(units), 0, "g"),
    )
    return Explorer("scales", sliders, draw, alt, (6.0, 4.2))


def _ratios(numbers):
    """Second to first, and step to the third to step to the second."""
    first, second, third = numbers
    return second / first, (third - second) / (second - first)
