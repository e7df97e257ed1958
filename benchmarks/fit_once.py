"""Time one package on one case, in a process of its own: fit_once.py PACKAGE CASE.

Prints a line of JSON: seconds of every repeat after the first, theta in lme4's order
(or why there is none), the package's version, and the peak of memory in MB.
"""

import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cases import BY_GROUPS, BY_ROWS, CASES

from mlm.ground.linalg import lower_factor

SLOW = 5.0  # seconds after which a fit is not repeated


def with_mlm(case, data):
    import mlm

    return lambda: mlm.lmer(case.formula, data), lambda fit: fit.theta


def with_mixedlm(case, data):
    import mixedlm

    return lambda: mixedlm.lmer(case.formula, data), lambda fit: fit.theta


def with_lme_python(case, data):
    import lme_python

    groups = {g for term in case.random for g in term.split("|")[1].strip().split(":")}
    data = data.astype(dict.fromkeys(groups, str))  # it knows no categories
    return lambda: lme_python.lmer(case.formula, data), lambda fit: fit.theta


def with_interlace_lme(case, data):
    import interlace

    # It takes (x | g) for (0 + x | g).
    terms = [f"(1 + {term})" if term[0] != "1" else f"({term})" for term in case.random]
    return lambda: interlace.fit(case.fixed, data, random=terms), lambda fit: fit.theta


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

    def theta(fit):
        size, axes = np.linalg.eigh(np.asarray(fit.cov_re) / fit.scale)
        T = lower_factor(axes * np.sqrt(np.maximum(size, 0)))  # it may be singular
        return T.T[np.triu_indices(len(T))]

    return fit, theta


PACKAGES = {
    "mlm": with_mlm,
    "mixedlm": with_mixedlm,
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
    case = next(c for c in CASES + BY_ROWS + BY_GROUPS if c.name == name)
    answer = {"version": version(package)}
    try:
        fit, theta = PACKAGES[package](case, case.data())
        seconds = []
        for _ in range(case.repeats + 1):
            start = time.perf_counter()
            result = fit()
            seconds.append(time.perf_counter() - start)
            if seconds[-1] > SLOW:
                break
        answer["seconds"] = seconds[1:] or seconds
        answer["theta"] = [float(t) for t in theta(result)]
    except Exception as error:  # whatever a package raises is its answer
        answer["failed"] = f"{type(error).__name__}: {error}"[:200]
    answer["peak"] = peak_memory()
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
