"""mlm: linear mixed models in Python, after Bates et al. (2015)."""

try:
    from mlm.bootstrapping import Bootstrap, bootstrap
    from mlm.datasets import (
        load_cake,
        load_dyestuff,
        load_dyestuff2,
        load_insteval,
        load_pastes,
        load_penicillin,
        load_radon,
        load_simulated_epochs,
        load_simulated_recognition,
        load_sleepstudy,
        provenance,
    )
    from mlm.design import Design, RandomTerm, design_matrices
    from mlm.errors import (
        AmbiguousLabelsWarning,
        CheckpointWarning,
        ConvergenceWarning,
        DataError,
        FormulaError,
        IllConditionedWarning,
        InterruptedWarning,
        MissingValuesWarning,
        MlmError,
        MlmWarning,
        RankDeficiencyWarning,
        RefitWarning,
        SingularFitWarning,
    )
    from mlm.fit import lm, lmer
    from mlm.formula import parse_formula
    from mlm.inference import anova
    from mlm.model import LinearMixedModel, LinearModel
    from mlm.planning import crossing, planned_design
    from mlm.pls import PLS, pls
    from mlm.profiled import profiled_deviance
    from mlm.simulated_power import Power, power
except Exception as error:
    _reason = error  # Python forgets `error` at the end of this block

    def __getattr__(name):
        """Fail when mlm is used, not when it is imported: the doctor must speak."""
        if name not in __all__:
            raise AttributeError(f"module 'mlm' has no attribute {name!r}")
        raise ImportError(
            f"mlm cannot be used in this Python: {_reason}\nThis says what mends it:"
            "\n\n    from mlm.doctor import check_setup\n    check_setup()"
        ) from _reason


__all__ = [
    "PLS",
    "AmbiguousLabelsWarning",
    "Bootstrap",
    "CheckpointWarning",
    "ConvergenceWarning",
    "DataError",
    "Design",
    "FormulaError",
    "IllConditionedWarning",
    "InterruptedWarning",
    "LinearMixedModel",
    "LinearModel",
    "MissingValuesWarning",
    "MlmError",
    "MlmWarning",
    "Power",
    "RandomTerm",
    "RankDeficiencyWarning",
    "RefitWarning",
    "SingularFitWarning",
    "anova",
    "bootstrap",
    "crossing",
    "design_matrices",
    "lm",
    "lmer",
    "load_cake",
    "load_dyestuff",
    "load_dyestuff2",
    "load_insteval",
    "load_pastes",
    "load_penicillin",
    "load_radon",
    "load_simulated_epochs",
    "load_simulated_recognition",
    "load_sleepstudy",
    "parse_formula",
    "planned_design",
    "pls",
    "power",
    "profiled_deviance",
    "provenance",
]

__version__ = "0.1.0"
