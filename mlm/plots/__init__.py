"""Pictures of designs and fits: arrays and results in, matplotlib Axes out.

Every function takes ``ax=None`` (a new figure if none is given), returns the Axes it
drew on, and changes no global state.  Nothing here fits a model.
"""

from mlm.plots.covariance import plot_effects_plane
from mlm.plots.diagnostics import plot_caterpillar, plot_residuals
from mlm.plots.matrices import plot_matrix

__all__ = [
    "plot_caterpillar",
    "plot_effects_plane",
    "plot_matrix",
    "plot_residuals",
]
