"""Draw the pictures of the README, of weeks 1 and 3, and the card of shared links.

    python scripts/front_picture.py

Into _site/static.  lines.png: eighteen panels, one a subject: the points, the
common line, and the subject's own line as the mixed model sees it.  card.png: all
lines in one.  nonsense.png: p values of labels that were dealt out at random.
curves.png: twenty-four panels, one a simulated observer, with curves as lines.png.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from scipy.special import stdtr

import mlm
from mlm.plots.style import BLUE, GREY, ORANGE, tidy

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


def nonsense(sleepstudy):
    """P values of nonsense labels: the 400 deals of the lecture on the linear model."""
    rng = np.random.default_rng(1)
    halves = np.repeat([0.0, 1.0], 9)
    deals = np.array([rng.permutation(halves) for _ in range(400)])
    labels = deals[:, sleepstudy["Subject"].cat.codes].T
    fit = mlm.lm("Reaction ~ Days", sleepstudy)
    labels -= fit.design.X @ np.linalg.lstsq(fit.design.X, labels)[0]
    # A coefficient beside others is that of what they leave of its column.
    resid, squares = fit.resid.to_numpy(), (labels**2).sum(axis=0)
    estimate, df = resid @ labels / squares, fit.nobs - fit.design.p - 1
    variance = (resid @ resid - estimate**2 * squares) / df
    return 2 * stdtr(df, -np.abs(estimate) * np.sqrt(squares / variance))


def draw_nonsense(plt, found):
    """How often each p value came, the significant ones in orange."""
    figure, ax = plt.subplots(figsize=(4.5, 2.8), layout="constrained")
    _, _, bars = tidy(ax).hist(found, np.linspace(0, 1, 21), color="0.75", ec="white")
    bars[0].set(color=ORANGE, label="“significant”")
    ax.axhline(len(found) / 20, color=GREY, linestyle="--", label="as promised")
    ax.set(xlabel="p value", ylabel="deals", title=f"{len(found)} deals of nonsense")
    ax.legend(frameon=False)
    return figure


def draw_curves(plt, trials, fit):
    """Shares of right answers by contrast; a curve for all, and everybody's own."""
    contrast = np.linspace(0, 1, 101)
    inverse = fit.family.link.inverse
    figure, axes = plt.subplots(
        4, 6, figsize=(8.4, 5.6), sharex=True, sharey=True, layout="constrained"
    )
    people = trials.groupby("subject", observed=True)
    common = inverse(fit.fixef.iloc[0] + fit.fixef.iloc[1] * contrast)
    for ax, (subject, rows) in zip(axes.flat, people, strict=True):
        intercept, slope = fit.coef["subject"].loc[subject]
        tidy(ax).plot(contrast, common, color="0.7")
        ax.plot(contrast, inverse(intercept + slope * contrast), color=ORANGE, lw=2)
        seen = rows.groupby("contrast")["correct"].agg(["mean", "size"])
        ax.scatter(seen.index, seen["mean"], 2 * seen["size"], color=BLUE, alpha=0.6)
        ax.set_title(subject, fontsize=9)
    axes[0, 0].set(yticks=[0, 0.5, 1], xticks=[0, 0.5, 1])
    figure.supxlabel("contrast")
    figure.supylabel("share of right answers")
    return figure


def main():
    """Fit, draw, save."""
    mpl.use("agg")
    from matplotlib import pyplot as plt

    sleepstudy = mlm.load_sleepstudy()
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
    draw_panels(plt, sleepstudy, fit).savefig(STATIC / "lines.png", dpi=150)
    found = nonsense(sleepstudy)
    draw_nonsense(plt, found).savefig(STATIC / "nonsense.png", dpi=200)
    draw_card(plt, fit).savefig(STATIC / "card.png", dpi=100)
    trials = mlm.load_simulated_staircase()
    formula = "correct ~ contrast + (contrast | subject)"
    curves = mlm.glmer(formula, trials, "binomial", link=mlm.links.guess(1 / 2))
    draw_curves(plt, trials, curves).savefig(STATIC / "curves.png", dpi=150)


if __name__ == "__main__":
    main()
