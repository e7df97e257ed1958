"""Ways to the answers on link functions: what would follow from a wrong number."""

import numpy as np
from scipy.special import logit
from scipy.stats import norm

from methods3.check.lectures.own_links import least_squares, squares
from methods3.check.lectures.staircase import (
    between,
    one_curve,
    with_people,
)
from methods3.check.lectures.underflow import happened
from methods3.check.routes import Part, Route

BELOW = "Contrasts are above 0: solve η = β₀ + β₁x for x."


def product_after(household):
    """Say what is left of the product after one of the households."""
    products = np.cumprod(happened())
    if household % 1 or not 1 <= household <= len(products):
        return f"That is no household: they are counted from 1 to {len(products)}."
    left = products[int(household) - 1]
    if left:
        return f"After that household the product is {left:.0e}: small, and not 0."
    return "The product is 0 before that household already."


def reach_of(share):
    """Say how far an interval reaches that holds such a share."""
    if not 0 < share < 1:
        return "A share is between 0 and 1."
    reach = norm.ppf((1 + share) / 2)
    return (
        f"Such a share lies within {reach:.3f} standard errors. How many true ones "
        "does the interval reach?"
    )


def right_at(contrasts):
    """Say how often people are right at two contrasts, by the two curves of 3.6b."""
    if min(contrasts) <= 0:
        return BELOW
    one, two = (
        100 * between(guess, 0).inverse(one_curve(link=link).fixef @ [1, x])
        for x, link, guess in zip(contrasts, ("logit", "guess"), (0, 0.5), strict=True)
    )
    return (
        f"At your contrasts the logit's curve is right in {one:.1f} % of trials, and "
        f"that for two keys in {two:.1f} %."
    )


def typical_at(contrast):
    """Say how often the typical person of 3.6f is right at a contrast."""
    if contrast <= 0:
        return BELOW
    p = between(0.5, 0.02).inverse(with_people(0.5, 0.02) @ [1, contrast])
    return f"At that contrast the typical person is right in {100 * p:.1f} % of trials."


def squares_with(upper):
    """Say how much worse the best curve with such an upper end fits."""
    if upper < 0.5 or upper > 2:
        return (
            "Answers are 0 and 1, and your upper end is far from them. Which of the "
            "four numbers is that? If your curve is l + a · logit⁻¹(…), u is l + a."
        )
    more = squares(upper) - squares(least_squares()[0])
    return (
        "The best curve that ends there has a sum of squares that is "
        f"{more:.1g} larger than it could be."
    )


def ends_apart(ratios):
    """Say how an interval's ends lie around the estimate, in ratios."""
    one, low, high = ratios
    if not 0 < low < one < high:
        return "An odds ratio is above 0, and lies between the two ends: give it first."
    return (
        f"From your lower end to the odds ratio it is a factor of {one / low:.3f}, and "
        f"from there to the upper end one of {high / one:.3f}. The logarithm of each "
        "is to be 1.96 standard errors of the model with `task` and people."
    )


def chances(probabilities):
    """Say what is no probability, or how far in log-odds ratings are from the first."""
    if np.any((probabilities <= 0) | (probabilities >= 1)):
        return "A probability is between 0 and 1."
    log_odds = logit(probabilities)
    steps = ", ".join(f"{step:.2f}" for step in log_odds[1:] - log_odds[0])
    return (
        f"In log-odds your first probability is {log_odds[0]:.2f}, and the others are "
        f"{steps} above it. Compare these with the four coefficients."
    )


def rows_of_a_person(table):
    """Say how many rows of a table of counts each person has."""
    rows, zeros = table
    if zeros >= rows:
        return "There are more zeros than rows. How many rows comes first."
    return (
        f"In a table of {rows:g} rows each of the 24 people has {rows / 24:.3g}. How "
        "many combinations of a task and a rating are there?"
    )


def varying(numbers):
    """Say how many numbers describe so many random effects, or whose these are."""
    effects, described = numbers
    if described != effects * (effects + 1) / 2:
        return (
            f"With {effects:g} effects there is a standard deviation of each, and a "
            "correlation of each pair. And how many effects are there: how many levels "
            "has the rating, and which of them is the intercept's?"
        )
    return (
        f"The two agree with each other. But are there {effects:g} effects? How many "
        "levels has the rating, and which of them is the intercept's?"
    )


WAYS = {
    "3.2c": {"follows": product_after},
    "3.4c": {"follows": reach_of},
    "3.6b": {"follows": right_at},
    "3.6e": {"follows": squares_with},
    "3.6f": {"follows": typical_at},
    "A2.2b": {"follows": ends_apart},
    "A2.2d": {"follows": chances},
    "A2.3a": {"follows": rows_of_a_person},
    "A2.3b": {"follows": varying},
    "A2.3c": {
        "route": Route(
            lambda squares, rows, coefficients: squares / (rows - coefficients),
            {
                "squares": Part(1487.635, "the sum of squares"),
                "rows": Part(288, "the rows"),
                "coefficients": Part(
                    12,
                    "the coefficients",
                    {
                        4: "with the coefficients of the rating alone",
                        6: "with the coefficients of the sum, without the product",
                        22: "with the numbers that describe people as well",
                    },
                ),
            },
        ),
    },
}
