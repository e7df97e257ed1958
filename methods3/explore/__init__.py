"""Things to move: figures with sliders that work with and without a kernel."""

from methods3.explore.aggregation import loss_slider
from methods3.explore.collinearity import correlation_slider, noise_slider
from methods3.explore.covariance import criterion_landscape, origin_of
from methods3.explore.design import design_slider
from methods3.explore.dragging import drag_points
from methods3.explore.draws import draw_again
from methods3.explore.estimation import (
    newton_slider,
    proportion_intervals,
    variance_slider,
)
from methods3.explore.explorer import Explorer, Slider
from methods3.explore.lines import likelihood_sliders, line_by_hand
from methods3.explore.links import logistic_slider
from methods3.explore.live import Live
from methods3.explore.plans import plan_sliders
from methods3.explore.pooling import level_slider, one_dial, pooling_dial
from methods3.explore.scales import scale_sliders
from methods3.explore.slices import slice_sliders
from methods3.explore.subsets import county_again, first_rows

__all__ = [
    "Explorer",
    "Live",
    "Slider",
    "correlation_slider",
    "county_again",
    "criterion_landscape",
    "design_slider",
    "drag_points",
    "draw_again",
    "first_rows",
    "level_slider",
    "likelihood_sliders",
    "line_by_hand",
    "logistic_slider",
    "loss_slider",
    "newton_slider",
    "noise_slider",
    "one_dial",
    "origin_of",
    "plan_sliders",
    "pooling_dial",
    "proportion_intervals",
    "scale_sliders",
    "slice_sliders",
    "variance_slider",
]
