"""Questions 2.3g and 2.3h: a model for a description."""

from methods3.check.designs import judged
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cake, load_radon

HOUSES = "log_radon ~ floor + log_uranium + (1 | county)"


BATTERS = "angle ~ recipe + temp + (temp | recipe:replicate)"


FORMULAS = {
    "2.3g": Question(
        lambda: HOUSES,
        judge=judged(HOUSES, load_radon),
        mistakes=(
            Mistake(
                lambda: "log_radon ~ floor + (1 | county)",
                "A fixed effect is missing: what has no coefficient for all yet?",
            ),
            Mistake(
                lambda: "log_radon ~ floor + log_uranium",
                "Nothing varies between groups yet: there is no `( … | … )`.",
            ),
            Mistake(
                lambda: "log_radon ~ floor + log_uranium + (floor | county)",
                "It was not said that this varies by county: 'floor'.",
            ),
            Mistake(
                lambda: "log_radon ~ floor * log_uranium + (1 | county)",
                "`floor:log_uranium` is not among the fixed effects that are meant.",
            ),
        ),
    ),
    "2.3h": Question(
        lambda: BATTERS,
        judge=judged(BATTERS, load_cake),
        mistakes=(
            Mistake(
                lambda: BATTERS.replace("(temp |", "(1 |"),
                "You have an intercept for each recipe:replicate, but one slope for "
                "all.",
            ),
            Mistake(
                lambda: BATTERS.replace("(temp |", "(0 + temp |"),
                "Each recipe:replicate has a slope of its own in yours, but all have "
                "the same intercept.",
            ),
            Mistake(
                lambda: BATTERS.replace("recipe:", ""),
                "`replicate` makes other groups than those that are meant: which rows "
                "share a random effect?",
            ),
            Mistake(
                lambda: BATTERS.replace("|", "||"),
                "The random effects of recipe:replicate may be correlated, and in "
                "yours they may not: that is what `||`, or a bracket for each, says.",
            ),
            Mistake(
                lambda: BATTERS.replace("+ temp", "+ temperature"),
                "`temperature` is not among the fixed effects that are meant.",
            ),
        ),
    ),
}
