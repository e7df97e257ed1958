"""Pictures of data, designs and fits: arrays and results in, matplotlib Axes out.

Every function takes ``ax=None`` (a new figure if none is given), returns the Axes it
drew on, and changes no global state.  Nothing here fits a model.
"""

from mlm.plots.covariance import plot_effects_plane, plot_ellipses
from mlm.plots.diagnostics import (
    plot_caterpillar,
    plot_effects_qq,
    plot_qq,
    plot_residuals,
)
from mlm.plots.equation import plot_equation
from mlm.plots.maps import plot_map
from mlm.plots.matrices import plot_block, plot_matrix, plot_sparsity
from mlm.plots.measures import plot_means, plot_proportions, plot_shares
from mlm.plots.panels import diagnose
from mlm.plots.pooling import (
    plot_estimates_by_size,
    plot_shrinkage,
    plot_trellis,
    plot_weights,
)
from mlm.plots.profiles import plot_zeta
from mlm.plots.simulated import plot_coverage, plot_power, plot_replicates
from mlm.plots.surfaces import (
    plot_basins,
    plot_criterion,
    plot_mse_contours,
    plot_mse_surface,
    plot_newton,
    plot_profile,
)
from mlm.plots.together import plot_lines, plot_weight_lines

__all__ = [
    "diagnose",
    "plot_basins",
    "plot_block",
    "plot_caterpillar",
    "plot_coverage",
    "plot_criterion",
    "plot_effects_plane",
    "plot_effects_qq",
    "plot_ellipses",
    "plot_equation",
    "plot_estimates_by_size",
    "plot_lines",
    "plot_map",
    "plot_matrix",
    "plot_means",
    "plot_mse_contours",
    "plot_mse_surface",
    "plot_newton",
    "plot_power",
    "plot_profile",
    "plot_proportions",
    "plot_qq",
    "plot_replicates",
    "plot_residuals",
    "plot_shares",
    "plot_shrinkage",
    "plot_sparsity",
    "plot_trellis",
    "plot_weight_lines",
    "plot_weights",
    "plot_zeta",
]
