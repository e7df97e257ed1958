"""A live figure of scales: what a zero point and a unit change, and what not."""

from methods3.live.figure import Live
from mlm.ground.arguments import number
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREY, tidy

# Lower end of the axis in degrees Celsius: below Fahrenheit's zero.
CLOSE = -40
# Zero in degrees Celsius, and how many degrees of the scale one degree Celsius is.
NAMED = {
    "Celsius": (0, 1),
    "Fahrenheit": (-160 / 9, 1.8),
    "Kelvin": (-273.15, 1),
    "Rankine": (-273.15, 1.8),
}


def scales_by_hand(temperatures):
    """Drag the zero of a temperature scale, and change the size of its degrees.

    Parameters
    ----------
    temperatures : tuple of (float, float, float)
        Three to compare, in °C, from cold to warm, above 0.

    Returns
    -------
    Live
        Starts at degrees Celsius.

    Raises
    ------
    DataError
        If the temperatures do not rise, or are not above 0.

    Examples
    --------
    >>> scales_by_hand((20, 40, 100)).alt[:51]
    'The scale of Celsius: 20, 40 and 100. The second is'
    """
    a, b, c = (number("temperatures", value) for value in temperatures)
    if not 0 < a < b < c:
        raise DataError(f"temperatures rise and are above 0, not {temperatures}.")

    def draw(figure):
        ax = tidy(figure.subplots())
        ax.bar(range(3), (a, b, c), width=0.5, color=BLUE)
        ax.axhline(0, color=GREY)
        for i, value in enumerate((a, b, c)):
            ax.text(i, value, f"{value:g}", ha="center", va="bottom")
        ax.set_ylim(CLOSE, c + 10)
        ax.set_xticks(range(3), [f"{t:g} °C" for t in (a, b, c)])
        ax.set_ylabel("temperature in °C")

    return Live(
        "scales",
        "scales",
        "A scale of temperature to build",
        {"temperatures": [a, b, c], "named": NAMED, "start": 0},
        draw,
        f"The scale of Celsius: {a:g}, {b:g} and {c:g}. The second is {b / a:.4f} "
        f"times the first; the second step is {(c - b) / (b - a):.4f} times the first "
        "step.",
        (6.0, 4.0),
    )
