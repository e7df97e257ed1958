"""Time one package on one case, in a process of its own: fit_once.py PACKAGE CASE.

Prints a line of JSON: seconds of every repeat after the first, theta and beta in lme4's
order (or why there are none), the package's version, and the peak of memory in MB.
"""

import json
import os
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cases import BY_GROUPS, BY_ROWS, GENERALISED, LINEAR

from mlm.ground.linalg import lower_factor

SLOW = 5.0  # seconds after which a fit is not repeated


# Each returns a function that fits, standard errors included, and another that reads
# theta and beta off the fit.


def with_mlm(case, data):
    import mlm

    def fit():
        if case.family is None:
            return mlm.lmer(case.formula, data)
        given = {"weights": case.trials, "nodes": case.nodes}
        fitted = mlm.glmer(case.formula, data, case.family, **given)
        _ = fitted.vcov  # computed when asked for
        return fitted

    return fit, lambda fit: (fit.theta, fit.fixef)


def with_mixedlm(case, data):
    import mixedlm

    def fit():
        if case.family is None:
            return mixedlm.lmer(case.formula, data)
        family = getattr(mixedlm.families, case.family.capitalize())()
        given = {"weights": case.trials, "nAGQ": case.nodes}
        fitted = mixedlm.glmer(case.formula, data, family, **given)
        fitted.vcov()  # computed when asked for
        return fitted

    return fit, lambda fit: (fit.theta, fit.beta)


def with_gpboost(case, data):
    """It knows no formula: making the matrices is not in its time."""
    import gpboost

    import mlm

    likelihood = {"binomial": "bernoulli_logit", "poisson": "poisson"}.get(case.family)
    effects, groups = zip(*(term.split(" | ") for term in case.random), strict=True)
    if likelihood is None or set(effects) != {"1"} or case.nodes > 1:
        raise NotImplementedError("no REML, correlated effects or quadrature")
    likelihood = "binomial_logit" if case.trials else likelihood
    given = {"family": case.family, "weights": case.trials}
    design = mlm.design_matrices(case.formula, data, **given)

    def fit():
        model = gpboost.GPModel(
            likelihood=likelihood,
            group_data=data[list(groups)].to_numpy(),
            weights=design.weights,
            num_parallel_threads=int(os.environ["OMP_NUM_THREADS"]),
        )
        model.fit(y=design.y, X=design.X)
        model.get_coef(std_err=True)  # computed when asked for
        return model

    def estimates(model):
        variances, beta = model.get_cov_pars(format_pandas=False), model.get_coef()
        return np.sqrt(variances), np.ravel(beta)

    return fit, estimates


def with_lme_python(case, data):
    import lme_python

    groups = {g for term in case.random for g in term.split("|")[1].strip().split(":")}
    data = data.astype(dict.fromkeys(groups, str))  # it knows no categories
    if case.trials:
        raise NotImplementedError("no proportions")

    def fit():
        if case.family is None:
            return lme_python.lmer(case.formula, data)
        return lme_python.glmer(case.formula, data, case.family, case.nodes)

    return fit, lambda fit: (fit.theta, fit.coefficients)


def with_interlace_lme(case, data):
    import interlace

    # It takes (x | g) for (0 + x | g).
    terms = [f"(1 + {term})" if term[0] != "1" else f"({term})" for term in case.random]

    def fit():
        if case.family is None:
            return interlace.fit(case.fixed, data, random=terms)
        weights = data[case.trials].to_numpy() if case.trials else None
        given = {"random": terms, "weights": weights, "nAGQ": case.nodes}
        return interlace.glmer(case.fixed, data, case.family, **given)

    return fit, lambda fit: (fit.theta, fit.fe_params)


def with_mixedlm_rs(case, data):
    import mixedlm_rs

    return _statsmodels_like(mixedlm_rs.mixedlm, case, data)


def with_statsmodels(case, data):
    import statsmodels.formula.api as smf

    return _statsmodels_like(smf.mixedlm, case, data)


def _statsmodels_like(mixedlm, case, data):
    if len(case.random) > 1:
        raise NotImplementedError("one grouping factor only")
    effects, group = (part.strip() for part in case.random[0].split("|"))

    def fit():
        model = mixedlm(case.fixed, data, groups=group, re_formula=f"~{effects}")
        return model.fit(reml=True)

    def estimates(fit):
        size, axes = np.linalg.eigh(np.asarray(fit.cov_re) / fit.scale)
        T = lower_factor(axes * np.sqrt(np.maximum(size, 0)))  # it may be singular
        return T.T[np.triu_indices(len(T))], fit.fe_params

    return fit, estimates


PACKAGES = {
    "mlm": with_mlm,
    "mixedlm": with_mixedlm,
    "gpboost": with_gpboost,
    "mixedlm-rs": with_mixedlm_rs,
    "lme-python": with_lme_python,
    "interlace-lme": with_interlace_lme,
    "statsmodels": with_statsmodels,
}


def peak_memory():
    """Most memory this process has used, in MB; not a number where nobody tells."""
    status = Path("/proc/self/status")  # getrusage would tell of the parent's, too
    if not status.exists():
        return float("nan")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def main(package, name):
    """Time one package on one case."""
    warnings.simplefilter("ignore")
    case = next(c for c in LINEAR + GENERALISED + BY_ROWS + BY_GROUPS if c.name == name)
    answer = {"version": version(package)}
    try:
        fit, estimates = PACKAGES[package](case, case.data())
        seconds = []
        for _ in range(case.repeats + 1):
            start = time.perf_counter()
            result = fit()
            seconds.append(time.perf_counter() - start)
            if seconds[-1] > SLOW:
                break
        answer["seconds"] = seconds[1:] or seconds
        for name, values in zip(("theta", "beta"), estimates(result), strict=True):
            answer[name] = [float(value) for value in values]
    except Exception as error:  # whatever a package raises is its answer
        answer["failed"] = f"{type(error).__name__}: {error}"[:200]
    answer["peak"] = peak_memory()
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
