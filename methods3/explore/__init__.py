"""Things to move: figures with sliders that work with and without a kernel."""

from methods3.explore.aggregation import loss_slider
from methods3.explore.collinearity import correlation_slider, noise_slider
from methods3.explore.covariance import origin_slider, theta_slider
from methods3.explore.design import design_slider
from methods3.explore.dragging import drag_points
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
from methods3.explore.playground import playground
from methods3.explore.pooling import (
    level_slider,
    pooling_dial,
    weight_slider,
)
from methods3.explore.scales import scale_sliders
from methods3.explore.slices import slice_sliders
from methods3.explore.subsets import first_rows_sliders, subsample_slider

__all__ = [
    "Explorer",
    "Live",
    "Slider",
    "correlation_slider",
    "design_slider",
    "drag_points",
    "first_rows_sliders",
    "level_slider",
    "likelihood_sliders",
    "line_by_hand",
    "logistic_slider",
    "loss_slider",
    "newton_slider",
    "noise_slider",
    "origin_slider",
    "plan_sliders",
    "playground",
    "pooling_dial",
    "proportion_intervals",
    "scale_sliders",
    "slice_sliders",
    "subsample_slider",
    "theta_slider",
    "variance_slider",
    "weight_slider",
]
