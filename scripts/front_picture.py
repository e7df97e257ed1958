"""Draw the picture of the README, and the card that a shared link shows.

    python scripts/front_picture.py

Into _site/static.  lines.png: eighteen panels, one a subject: the points, the
common line, and the subject's own line as the mixed model sees it.  card.png: all
lines in one.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np

import mlm
from mlm.plots.style import BLUE, ORANGE, tidy

STATIC = Path(__file__).resolve().parents[1] / "_site" / "static"


def draw_panels(plt, sleepstudy, fit):
    """The panels, as a figure."""
    days = np.array([0, 9])
    figure, axes = plt.subplots(
        3, 6, figsize=(8.4, 4.6), sharex=True, sharey=True, layout="constrained"
    )
    subjects = sleepstudy.groupby("Subject", observed=True)
    common = fit.fixef["(Intercept)"] + fit.fixef["Days"] * days
    for ax, (subject, rows) in zip(axes.flat, subjects, strict=True):
        own = fit.coef["Subject"].loc[subject]
        line = own["(Intercept)"] + own["Days"] * days
        tidy(ax).plot(days, common, color="0.7")
        ax.plot(days, line, color=ORANGE, linewidth=2)
        ax.plot(rows["Days"], rows["Reaction"], "o", color=BLUE, markersize=3)
        ax.set_title(subject, fontsize=9)
    figure.supxlabel("day of the study")
    figure.supylabel("reaction time (ms)")
    return figure


def draw_card(plt, fit):
    """The card: 1200 by 630 pixels, as sites that show links ask for."""
    days = np.array([0, 9])
    figure = plt.figure(figsize=(12, 6.3), facecolor="#005a8c")
    ax = figure.add_axes((0.5, 0.08, 0.46, 0.84))
    ax.axis("off")
    for _, own in fit.coef["Subject"].iterrows():
        line = own["(Intercept)"] + own["Days"] * days
        ax.plot(days, line, color="white", alpha=0.6, linewidth=2)
    common = fit.fixef["(Intercept)"] + fit.fixef["Days"] * days
    ax.plot(days, common, color="#ffb000", linewidth=7, solid_capstyle="round")
    figure.text(0.05, 0.62, "Methods 3", color="white", fontsize=60, weight="bold")
    words = "Multilevel statistical\nmodelling in Python"
    figure.text(0.05, 0.36, words, color="white", fontsize=34, linespacing=1.4)
    return figure


def main():
    """Fit, draw, save."""
    mpl.use("agg")
    from matplotlib import pyplot as plt

    sleepstudy = mlm.load_sleepstudy()
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
    draw_panels(plt, sleepstudy, fit).savefig(STATIC / "lines.png", dpi=150)
    draw_card(plt, fit).savefig(STATIC / "card.png", dpi=100)


if __name__ == "__main__":
    main()
