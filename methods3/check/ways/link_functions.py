"""Ways to the answers on link functions: what would follow from a wrong number."""

import numpy as np
from scipy.special import logit
from scipy.stats import norm

from methods3.check.lectures.cars import gears
from methods3.check.lectures.own_links import least_squares, squares
from methods3.check.lectures.somebody_new import rating_two, spread_of_people
from methods3.check.lectures.staircase import (
    between,
    one_curve,
    with_people,
)
from methods3.check.lectures.underflow import happened
from methods3.check.routes import Part, Route
from mlm.demonstrations.averages import average_over_groups

# Sum of the squared Pearson residuals of count ~ pas * task, in assignment 2.
SQUARES = 1487.635
NO_PROBABILITY = "A probability is between 0 and 1."
BELOW = "Contrasts are above 0: solve η = β₀ + β₁x for x."


def weight_for(automatic):
    """Say which car has such a probability of an automatic, in kilograms."""
    if not 0 < automatic < 1:
        return NO_PROBABILITY
    intercept, slope = gears().fixef
    kilograms = 453.6 * (logit(1 - automatic) - intercept) / slope
    return (
        f"By the model, a car that is an automatic with that probability weighs "
        f"{kilograms:.0f} kg."
    )


def odds_ratio_to(reminded):
    """Say which odds ratio leads from 30 % to a probability."""
    if not 0 < reminded < 1:
        return NO_PROBABILITY
    ratio = reminded / (1 - reminded) / (0.3 / 0.7)
    return f"That probability has {ratio:.2f} times the odds of 30 %."


def claims_each(claims):
    """Say how many claims of a policy a number of claims stands for."""
    if claims <= 0:
        return "A Poisson model expects more than 0 claims."
    each = claims / 250
    return (
        f"That is {each:.3g} for each policy, whose logarithm is {np.log(each):.2f}: "
        "is that what the coefficients add up to?"
    )


def log_odds_of(probability):
    """Say which log-odds a probability of 3.5a has."""
    if not 0 < probability < 1:
        return NO_PROBABILITY
    return f"The log-odds of that are {logit(probability):.3f}. Are they β₀ + u?"


def spread_for(share):
    """Say by what the 0.5 of 3.5f is divided, if so many are right."""
    if not 0.5 < share < 1:
        return "It is above one half, as η is above 0, and below 1."
    divisor = 0.5 / norm.ppf(share)
    return (
        f"So it is if η is divided by {divisor:.3f}, the standard deviation of what is "
        "added to η. What is added, and what is its variance?"
    )


def average_with(sd):
    """Say what people's average of 3.5g is with another standard deviation."""
    if sd < 0:
        return "A standard deviation is not below 0."
    average = average_over_groups(1.0, sd)
    return f"With that σ people's average at x = 1 is {average:.3f}."


def people_below(probability):
    """Say which share of people a probability of 3.8d has below it."""
    if not 0 < probability < 1:
        return NO_PROBABILITY
    z = (logit(probability) - logit(rating_two())) / spread_of_people()
    return (
        f"By the model, {100 * norm.cdf(z):.1f} % of people are below that, at rating "
        "2. Of 95 % in the middle, how many are below the lower end?"
    )


def product_after(household):
    """Say what is left of the product after one of the households."""
    products = np.cumprod(happened())
    if household % 1 or not 1 <= household <= len(products):
        return f"That is no household: they are counted from 1 to {len(products)}."
    left = products[int(household) - 1]
    if left:
        return f"After that household the product is {left:.0e}: small, and not 0."
    return "The product is 0 before that household already."


def sigma_of(aic):
    """Say which σ an AIC of 3.2e stands for, with three parameters and with four."""
    three, four = (
        np.exp((aic - 2 * k) / 64 - 0.5) / np.sqrt(2 * np.pi) for k in (3, 4)
    )
    return (
        f"Less 6 for three parameters, it would be −2 log L at σ = {three:.3g}; less 8 "
        f"for four, at σ = {four:.3g}. Which σ does maximum likelihood give, and how "
        "many parameters are there?"
    )


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
        return NO_PROBABILITY
    log_odds = logit(probabilities)
    steps = ", ".join(f"{step:.2f}" for step in log_odds[1:] - log_odds[0])
    return (
        f"In log-odds your first probability is {log_odds[0]:.2f}, and the others are "
        f"{steps} above it. Compare these with the four coefficients."
    )


def logarithms(counts):
    """Say how far apart counts are as logarithms."""
    if np.any(counts <= 0):
        return "Expected counts are above 0."
    first, *others = np.log(counts)
    steps = ", ".join(f"{other - first:.2f}" for other in others)
    return (
        f"The logarithm of your first count is {first:.2f}, and those of the others "
        f"are {steps} above it. Compare these with the first four coefficients."
    )


def freedom(dispersion):
    """Say for how many degrees of freedom a dispersion of A2.3c would be."""
    if dispersion <= 0:
        return "A ratio of variances is above 0."
    return (
        "The model's squared Pearson residuals, added up and divided by your number, "
        f"leave {SQUARES / dispersion:.1f}. How many degrees of freedom are there?"
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
            f"Of {effects:g} effects each has a standard deviation, and each pair a "
            "correlation. And how many effects are there: how many levels "
            "has the rating, and which of them is the intercept's?"
        )
    return (
        f"The two agree with each other. But are {effects:g} right? How many levels "
        "has the rating, and which of them is the intercept's?"
    )


WAYS = {
    "3.1a": {"follows": weight_for},
    "3.2c": {"follows": product_after},
    "3.2e": {"follows": sigma_of},
    "3.3b": {"follows": odds_ratio_to},
    "3.4c": {"follows": reach_of},
    "3.4d": {"follows": claims_each},
    "3.5a": {"follows": log_odds_of},
    "3.5f": {"follows": spread_for},
    "3.5g": {"follows": average_with},
    "3.6b": {"follows": right_at},
    "3.6e": {"follows": squares_with},
    "3.6f": {"follows": typical_at},
    "3.8d": {"follows": people_below},
    "A2.2b": {"follows": ends_apart},
    "A2.2d": {"follows": chances},
    "A2.3a": {"follows": rows_of_a_person},
    "A2.3b": {"follows": varying},
    "A2.3e": {"follows": logarithms},
    "A2.3c": {
        "follows": freedom,
        "route": Route(
            lambda squares, rows, coefficients: squares / (rows - coefficients),
            {
                "squares": Part(SQUARES, "the sum of squares"),
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
