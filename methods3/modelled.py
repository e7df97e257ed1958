"""What a model says of its data, as plain data: its design.

`methods3.grade` takes it out of the sandbox, and `methods3.check` judges it as it
judges the fit itself.
"""

from types import SimpleNamespace

import numpy as np


def plain_design(model):
    """Take the design of a model apart.

    Parameters
    ----------
    model : object
        A fit of mlm.

    Returns
    -------
    dict or None
        Lists of numbers and words alone; None if it is no fit.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lm("angle ~ temperature", mlm.load_cake())
    >>> design = plain_design(fit)
    >>> design["formula"], len(design["y"]), design["X"][0][:2]
    ('angle ~ temperature', 270, [1.0, 0.0])
    """
    design = getattr(model, "design", None)
    if not hasattr(design, "fixed"):
        return None
    return {
        "formula": design.formula.text,
        "response": design.formula.response,
        "y": np.asarray(design.y).tolist(),
        "X": np.asarray(design.X).tolist(),
        "fixed": list(design.fixed.terms),
        "terms": [
            {
                "label": term.label,
                "codes": np.asarray(term.codes).tolist(),
                "names": list(term.effects.names),
                "values": np.asarray(term.effects.values).tolist(),
            }
            for term in design.terms
        ],
    }


def with_design(plain):
    """Make something that has a design again, as a fit has.

    Parameters
    ----------
    plain : dict
        As `plain_design` gives it.

    Returns
    -------
    SimpleNamespace
        Its ``design`` has what is needed to compare it.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is no such dict.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lm("angle ~ temp", mlm.load_cake())
    >>> with_design(plain_design(fit)).design.X.shape
    (270, 2)
    """
    terms = [
        SimpleNamespace(
            label=term["label"],
            codes=np.array(term["codes"], dtype=int),
            effects=SimpleNamespace(
                names=term["names"], values=np.array(term["values"], dtype=float)
            ),
        )
        for term in plain["terms"]
    ]
    formula = SimpleNamespace(text=plain["formula"], response=plain["response"])
    design = SimpleNamespace(
        formula=formula,
        y=np.array(plain["y"], dtype=float),
        X=np.array(plain["X"], dtype=float),
        fixed=SimpleNamespace(terms=plain["fixed"]),
        terms=terms,
    )
    return SimpleNamespace(design=design)
