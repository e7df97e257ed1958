"""Draw the picture of the README and the landing page: _static/lines.png.

    python scripts/front_picture.py

Eighteen panels, one a subject: the points, the common line, and the subject's own line
as the mixed model sees it.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np

import mlm
from mlm.plots.style import BLUE, ORANGE, tidy

TARGET = Path(__file__).resolve().parents[1] / "_static" / "lines.png"


def main():
    """Fit, draw, save."""
    mpl.use("agg")
    from matplotlib import pyplot as plt

    sleepstudy = mlm.load_sleepstudy()
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
    days = np.array([0, 9])
    figure, axes = plt.subplots(
        3,
        6,
        figsize=(8.4, 4.6),
        sharex=True,
        sharey=True,
        layout="constrained",
    )
    subjects = sleepstudy.groupby("Subject", observed=True)
    for ax, (subject, rows) in zip(axes.flat, subjects, strict=True):
        own = fit.coef["Subject"].loc[subject]
        ax.plot(
            days,
            fit.fixef["(Intercept)"] + fit.fixef["Days"] * days,
            color="0.7",
        )
        ax.plot(
            days,
            own["(Intercept)"] + own["Days"] * days,
            color=ORANGE,
            linewidth=2,
        )
        ax.plot(rows["Days"], rows["Reaction"], "o", color=BLUE, markersize=3)
        ax.set_title(subject, fontsize=9)
        tidy(ax)
    figure.supxlabel("day of the study")
    figure.supylabel("reaction time (ms)")
    figure.savefig(TARGET, dpi=150)


if __name__ == "__main__":
    main()
