"""What stands below fits that are side by side: what a reader has to know of them."""

from mlm.results.anova import difference
from mlm.results.cells import UNDEFINED

# How the cells of fixed effects are described, by what stands beside the estimate.
SHOWN = {
    "se": "{} (standard error)",
    "interval": "{} [95 % confidence interval]",
    "p": "{} (p value)",
}
# What exp of a coefficient is, by the link.
RATIOS = {
    "logit": "odds ratios",
    "log": "ratios of means",
    "cloglog": "hazard ratios",
}
COMPARE = "log-likelihoods, AIC and BIC compare only among"


def notes_on(fits, names, every, show, exponentiate):
    """Notes on a table.

    Parameters
    ----------
    fits : list of FittedModel
    names : list of str
        What the fits are called.
    every : list of Rows
        What each fit says.
    show, exponentiate
        As for `mlm.table`.

    Returns
    -------
    list of str
    """
    notes = [
        _on_fixed(fits, names, every, show, exponentiate),
        *_on_scales(fits, names, exponentiate),
        *_on_comparing(fits, names),
        *_on_trust(fits, names),
    ]
    if any(fit.design.terms for fit in fits):
        notes.insert(1, "Random effects: SD, standard deviation; cor, correlation.")
    if any(UNDEFINED in rows.random.values() for rows in every):
        notes.append(f"{UNDEFINED}: the correlation with an effect that does not vary.")
    return notes


def _told(names, words):
    """Words, with the fits that they are true of where they are not of all: str.

    Empty words are true of no fit.
    """
    if len(set(words)) == 1:
        return words[0]
    owners = {}
    for name, word in zip(names, words, strict=True):
        owners.setdefault(word, []).append(name)
    owners.pop("", None)
    return "; ".join(f"{word} in {', '.join(those)}" for word, those in owners.items())


def _on_fixed(fits, names, every, show, exponentiate):
    what = SHOWN[show].format("exp(estimate)" if exponentiate else "estimate")
    words = [f"Fixed effects: {what}"]
    if show != "se":
        words.append(_told(names, [rows.df for rows in every]))
    if exponentiate:
        words.append(_told(names, [RATIOS[fit.family.link.name] for fit in fits]))
    return "; ".join(filter(None, words)) + "."


def _on_scales(fits, names, exponentiate):
    families = [str(fit.design.family or "") for fit in fits]
    if not any(families):
        return []
    which = "random effects" if exponentiate else "coefficients"
    scale = f"{which} on the scale of the link"
    return [f"Family (and link): {_told(names, families)}; {scale}."]


def _on_comparing(fits, names):
    """What forbids to compare criteria: list of str."""
    notes = []
    differences = [_difference(fits[0], fit) for fit in fits]
    if any(differences):
        words = _told(names, differences)
        notes.append(
            f"Other data than {names[0]}: {words}; {COMPARE} fits to the same data."
        )
    if len(fits) > 1 and any(fit.reml for fit in fits):
        notes.append(f"REML: {COMPARE} REML fits with the same fixed effects.")
    return notes


def _difference(first, other):
    if first.nobs != other.nobs:
        return f"{other.nobs} observations instead of {first.nobs}"
    found = difference(first.design, other.design)
    return f"different {found}" if found else ""


def _on_trust(fits, names):
    """What a reader must know before believing the numbers: list of str."""
    singular = [name for fit, name in zip(fits, names, strict=True) if fit.is_singular]
    stopped = [name for fit, name in zip(fits, names, strict=True) if not fit.converged]
    told = {"Singular fit": singular, "Not converged": stopped}
    return [f"{words}: {', '.join(those)}." for words, those in told.items() if those]
