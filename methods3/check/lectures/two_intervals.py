"""Question 2.11f: a profile and a bootstrap of one standard deviation."""

from functools import cache

from scipy.stats import f

from methods3.check.fits import dyestuff_fit, sds
from methods3.check.questions import Mistake, Question
from mlm.replicates.bootstrap import bootstrap


@cache
def profiled():
    """Profile intervals of the standard deviations: batches, residual."""
    return dyestuff_fit().confint().to_numpy()[:2]


@cache
def bootstrapped():
    """A thousand replicates of every estimate."""
    return bootstrap(dyestuff_fit(), n=1000, seed=1, progress=False)


def resampled():
    """Bootstrap intervals of the standard deviations: batches, residual."""
    return bootstrapped().confint().to_numpy()[:2]


def singular_share(reml=True):
    """Share of samples from the fit whose estimate is 0: F < 1, by ML J/(J − 1)."""
    ratio = 1 + 5 * dyestuff_fit(reml).theta.iloc[0] ** 2
    return f.cdf((1 if reml else 6 / 5) / ratio, 5, 24)


def lower_ends(profile=None, boot=0.0, share=None):
    """Ends of both intervals, and the share of singular fits, slips put in."""
    profile = profiled()[0, 0] if profile is None else profile
    return [profile, boot, singular_share() if share is None else share]


TWO_INTERVALS = {
    "2.11f": Question(
        lower_ends,
        unit="g",
        within=0.02,
        kind="value",
        mistakes=(
            Mistake(
                lambda: [0, *lower_ends()[::2]],
                "Right, but the first two have changed places: profile, then "
                "bootstrap.",
            ),
            Mistake(
                lambda: lower_ends(share=bootstrapped().n_singular),
                "The intervals are right. The third is a number of fits: which share "
                "of the replicates is that?",
            ),
            Mistake(
                lambda: lower_ends(share=1 - singular_share()),
                "The intervals are right. The third is the share of fits that are "
                "*not* singular.",
            ),
            Mistake(
                lambda: lower_ends(share=singular_share(reml=False)),
                "The intervals are right. The share is that of a fit by ML, which ends "
                "at 0 more often than REML.",
            ),
            Mistake(
                lambda: lower_ends(boot=profiled()[0, 0]),
                "The profile interval stands twice. What does `mlm.bootstrap` give?",
            ),
            Mistake(
                lambda: lower_ends(
                    boot=sds(dyestuff_fit(), "Batch")[0]
                    - 1.96 * bootstrapped().se.iloc[0],
                ),
                "The second is the estimate less 1.96 standard errors. Take the "
                "quantile of the replicates, which are far from normal.",
            ),
            Mistake(
                lambda: lower_ends(profiled()[0, 1], resampled()[0, 1]),
                "Those are the upper ends. The share is right.",
            ),
            Mistake(
                lambda: lower_ends(profiled()[1, 0], resampled()[1, 0]),
                "Those are the intervals of the residual. Look at the line of the "
                "batches.",
            ),
            Mistake(
                lambda: lower_ends(profiled()[0, 0] ** 2),
                "The first is a variance. The standard deviation is asked for.",
            ),
        ),
    ),
}
