"""The picture of what crossed factors cost, by the dense solver and the iterative one.

Its numbers are measured by `benchmarks/limits.py` and `benchmarks/files.py`, or
published by others; nothing is measured here.
"""

from matplotlib import pyplot as plt

from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy

# What grows in each column: its experiments in limits.csv, where its sizes are, words.
GROWS = {
    "items": ("left", "films that are kept, q₂"),
    "ratings": ("rows", "ratings"),
}
MARKS = {
    "dense": {"color": ORANGE, "marker": "s", "linestyle": "--"},
    "iterative": {"color": BLUE, "marker": "o", "linestyle": "-"},
}
# Other packages where they were measured, beside the solver that works as they do.
BESIDE = {"lme4": ("lme4", "dense", "x"), "gpboost": ("GPBoost", "iterative", "+")}
# Of the processor, mostly; those that others published are of the clock.
LABELS = ("seconds of a fit", "memory (GB)")


def draw_costs(measured, published, largest):
    """Draw time and memory of fits against what grows, on logarithmic axes.

    Parameters
    ----------
    measured : DataFrame
        As in ``benchmarks/limits.csv``: of the experiments named after a column of the
        picture and a solver, such as ``items dense``, the lines of `mlm` and of others.
    published : DataFrame
        Figures of others, as in ``benchmarks/published.csv``: they go with the films.
    largest : Series
        The largest fit from a file, as a line of ``benchmarks/files.csv``.

    Returns
    -------
    Figure
        Two columns of two panels: films and ratings; seconds and GB.
    """
    grid = {"sharex": "col", "sharey": "row", "layout": "constrained"}
    fig, axes = plt.subplots(2, 2, figsize=(7.6, 5.8), **grid)
    ours = measured[measured["program"] == "mlm"]
    for (grows, (size, words)), column in zip(GROWS.items(), axes.T, strict=True):
        for solver, marks in MARKS.items():
            lines = ours[ours["experiment"] == f"{grows} {solver}"]
            costs = lines["cpu"], lines["megabytes"] / 1000
            for ax, cost in zip(column, costs, strict=True):
                ax.loglog(lines[size], cost, label=f"mlm, {solver}", **marks)
        at = {"left": largest["others"], "rows": largest["rows"]}[size]
        star = {"color": GREEN, "marker": "*", "markersize": 12, "linestyle": "none"}
        star["label"] = "mlm, from a file"
        column[0].loglog(at, largest["cpu"], **star)
        column[1].loglog(at, largest["megabytes"] / 1000, **star)
        for ax, label in zip(column, LABELS, strict=True):
            tidy(ax).set_ylabel(label)
            ax.tick_params(labelleft=True)
        column[1].set_xlabel(words)
    small = {"color": GREY, "fontsize": "small", "va": "center"}
    for program, (name, solver, marker) in BESIDE.items():
        lines = measured[measured["experiment"] == f"items {solver}"]
        lines = lines[lines["program"] == program]
        marks = {"color": GREY, "marker": marker, "linestyle": "-"}
        axes[0, 0].loglog(lines["left"], lines["cpu"], **marks)
        axes[1, 0].loglog(lines["left"], lines["megabytes"] / 1000, **marks)
        last = lines.iloc[-1]
        axes[0, 0].text(1.2 * last["left"], last["cpu"], name, **small)
    theirs = {"color": GREY, "marker": "^", "linestyle": ":"}
    axes[0, 0].loglog(published["left"], published["seconds"], **theirs)
    memory = published["gigabytes"] * 2**30 / 1e9
    axes[1, 0].loglog(published["left"], memory, **theirs)
    place = published["left"].iloc[-1] / 2, published["seconds"].iloc[0]
    words = "MixedModels.jl,\npublished"
    axes[0, 0].text(*place, words, **small)
    axes[0, 1].legend(frameon=False, fontsize="small", loc="upper left")
    return fig
