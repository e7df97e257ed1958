"""Things to move: figures that answer while they are dragged, kernel or no kernel."""

from methods3.explore.aggregation import lose_trials
from methods3.explore.answers import three_answers
from methods3.explore.averages import average_curve
from methods3.explore.bells import mean_by_hand, theta_by_hand
from methods3.explore.bowls import likelihood_bowl
from methods3.explore.ceilings import count_with_ceiling
from methods3.explore.collinearity import added_noise, two_predictors
from methods3.explore.counts import counts_again
from methods3.explore.covariance import criterion_landscape, origin_of
from methods3.explore.design import growing_design
from methods3.explore.dragging import drag_points
from methods3.explore.draws import draw_again
from methods3.explore.estimation import (
    newton_on_criterion,
    newton_on_gas,
    proportion_intervals,
    variance_estimates,
)
from methods3.explore.forecasts import forecast_by_hand
from methods3.explore.integrals import integral_by_hand
from methods3.explore.kept import kept_rows
from methods3.explore.levels import level_parts
from methods3.explore.lines import likelihood_by_hand, line_by_hand
from methods3.explore.links import logistic_curve, odds_by_hand
from methods3.explore.plans import drag_plan
from methods3.explore.playground import playground
from methods3.explore.pooling import one_dial, pooling_dial
from methods3.explore.psychometric import psychometric_by_hand
from methods3.explore.refits import refit_again
from methods3.explore.scales import scales_by_hand
from methods3.explore.slices import slices_by_hand
from methods3.explore.subsets import county_again, first_rows
from methods3.live.figure import Live

__all__ = [
    "Live",
    "added_noise",
    "average_curve",
    "count_with_ceiling",
    "counts_again",
    "county_again",
    "criterion_landscape",
    "drag_plan",
    "drag_points",
    "draw_again",
    "first_rows",
    "forecast_by_hand",
    "growing_design",
    "integral_by_hand",
    "kept_rows",
    "level_parts",
    "likelihood_bowl",
    "likelihood_by_hand",
    "line_by_hand",
    "logistic_curve",
    "lose_trials",
    "mean_by_hand",
    "newton_on_criterion",
    "newton_on_gas",
    "odds_by_hand",
    "one_dial",
    "origin_of",
    "playground",
    "pooling_dial",
    "proportion_intervals",
    "psychometric_by_hand",
    "refit_again",
    "scales_by_hand",
    "slices_by_hand",
    "theta_by_hand",
    "three_answers",
    "two_predictors",
    "variance_estimates",
]
