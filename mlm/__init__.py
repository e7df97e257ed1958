"""mlm: linear and generalised linear mixed models, after Bates et al. (2015).

Fit             `lm`, `lmer`, `glm`, `glmer`; data by `load_sleepstudy` and others
Look            print(fit), fit.summary(), fit.fixef, fit.varcorr, fit.confint()
Check           `mlm.plots.diagnose`, fit.influence(group), fit.rePCA()
Means, effects  fit.means(names), fit.slopes(name, by=), fit.contrast(L), and
                .pairs() of means; ddf="satterthwaite" or "kenward-roger"
Tests           fit.anova(type=) of terms, `drop1`, `anova` of two fits
Predict         fit.predict(new_data, interval="mean" or "new"), fit.simulate(n, seed)
Report          fit.tidy(), fit.glance(), fit.augment(), fit.r2(), fit.icc(), `table`
Plan            `planned_design`, `power`; `bootstrap`
Understand      `pls` and `pirls`, an equation a line; `design_matrices`; `mlm.plots`
"""

from mlm.datasets import (
    load_cake,
    load_cbpp,
    load_contraception,
    load_dyestuff,
    load_dyestuff2,
    load_grouseticks,
    load_insteval,
    load_insurance,
    load_minnesota,
    load_mtcars,
    load_pastes,
    load_penicillin,
    load_quine,
    load_radon,
    load_simulated_epochs,
    load_simulated_pas,
    load_simulated_politeness,
    load_simulated_recognition,
    load_simulated_staircase,
    load_sleepstudy,
    load_titanic,
    load_toenail,
    load_warpbreaks,
    load_wells,
    load_wool,
    provenance,
)
from mlm.design.design import Design
from mlm.design.matrices import design_matrices
from mlm.design.random_terms import RandomTerm
from mlm.families import links
from mlm.fit import glm, glmer, lm, lmer, profiled_deviance
from mlm.formula.parse import parse_formula
from mlm.ground.errors import (
    AmbiguousLabelsWarning,
    CallError,
    CheckpointWarning,
    CodingWarning,
    ConvergenceWarning,
    DataError,
    EmptyFileWarning,
    FormulaError,
    IllConditionedWarning,
    InterruptedWarning,
    MissingValuesWarning,
    MlmError,
    MlmWarning,
    MonteCarloWarning,
    RankDeficiencyWarning,
    RefitWarning,
    SeparationWarning,
    SingularFitWarning,
    UnknownNameError,
)
from mlm.ground.names import not_public
from mlm.inference.contrasts import Contrasts
from mlm.inference.means import Means
from mlm.replicates.bootstrap import Bootstrap, bootstrap
from mlm.results.anova import anova
from mlm.results.drop1 import drop1
from mlm.results.generalized import GeneralizedLinearModel
from mlm.results.generalized_mixed import GeneralizedLinearMixedModel
from mlm.results.linear import LinearModel
from mlm.results.linear_mixed import LinearMixedModel
from mlm.results.side_by_side import table
from mlm.results.table import Table
from mlm.studies.plan import crossing, planned_design
from mlm.studies.power import Power, power
from mlm.textbook import PIRLS, PLS, pirls, pls

__all__ = [
    "PIRLS",
    "PLS",
    "AmbiguousLabelsWarning",
    "Bootstrap",
    "CallError",
    "CheckpointWarning",
    "CodingWarning",
    "Contrasts",
    "ConvergenceWarning",
    "DataError",
    "Design",
    "EmptyFileWarning",
    "FormulaError",
    "GeneralizedLinearMixedModel",
    "GeneralizedLinearModel",
    "IllConditionedWarning",
    "InterruptedWarning",
    "LinearMixedModel",
    "LinearModel",
    "Means",
    "MissingValuesWarning",
    "MlmError",
    "MlmWarning",
    "MonteCarloWarning",
    "Power",
    "RandomTerm",
    "RankDeficiencyWarning",
    "RefitWarning",
    "SeparationWarning",
    "SingularFitWarning",
    "Table",
    "UnknownNameError",
    "anova",
    "bootstrap",
    "crossing",
    "design_matrices",
    "drop1",
    "glm",
    "glmer",
    "links",
    "lm",
    "lmer",
    "load_cake",
    "load_cbpp",
    "load_contraception",
    "load_dyestuff",
    "load_dyestuff2",
    "load_grouseticks",
    "load_insteval",
    "load_insurance",
    "load_minnesota",
    "load_mtcars",
    "load_pastes",
    "load_penicillin",
    "load_quine",
    "load_radon",
    "load_simulated_epochs",
    "load_simulated_pas",
    "load_simulated_politeness",
    "load_simulated_recognition",
    "load_simulated_staircase",
    "load_sleepstudy",
    "load_titanic",
    "load_toenail",
    "load_warpbreaks",
    "load_wells",
    "load_wool",
    "parse_formula",
    "pirls",
    "planned_design",
    "pls",
    "power",
    "profiled_deviance",
    "provenance",
    "table",
]

__version__ = "0.1.0"


def __dir__():
    """Names for readers, without those of modules."""
    return sorted([*__all__, "__version__"])


def __getattr__(name):
    """Say what to write instead of a name that is not here."""
    raise not_public(__name__, name, __all__)
