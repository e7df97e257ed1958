"""Question 2.4f: where a paste gets its strength."""

from methods3.check.fits import fitted, sds
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_pastes


def pastes(lower, reml=True):
    """Standard deviations of strength: deliveries, what is below them, tests."""
    formula = f"strength ~ 1 + (1 | batch) + (1 | {lower})"
    return sds(fitted(formula, load_pastes, reml=reml), "batch", lower)


PASTES = {
    "2.4f": Question(
        lambda: pastes("batch:cask"),
        digits=3,
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: pastes("cask"),
                "This model takes cask a of one delivery for cask a of the next. "
                "They are different casks.",
            ),
            Mistake(
                lambda: pastes("batch:cask", reml=False),
                "That is maximum likelihood, which finds too little between ten "
                "deliveries. Use REML.",
            ),
            Mistake(
                lambda: pastes("batch:cask")[[1, 0, 2]],
                "The values are right. But deliveries come first, and the print-out "
                "begins with the factor that has more levels.",
            ),
            Mistake(
                lambda: pastes("batch:cask") ** 2,
                "Those are variances. Give standard deviations, "
                "which have the unit of the strength.",
            ),
            Mistake(
                lambda: pastes("batch:cask")[::-1],
                "The values are right, their order is not: deliveries, casks, tests.",
            ),
        ),
    ),
}
