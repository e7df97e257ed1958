"""Links: how the mean of a response depends on the linear predictor η.

A link is any object with three functions of arrays: ``link`` (μ to η), ``inverse``
(η to μ) and ``derivative`` (dμ/dη).  Here are those that are known by name, and
`guess`, which makes one.
"""

from mlm.families.standard import LOGIT, CLogLog, Guess, Identity, Log, Probit
from mlm.ground.arguments import share as checked_share

logit, probit, cloglog = LOGIT, Probit(), CLogLog()
log, identity = Log(), Identity()
KNOWN = {link.name: link for link in (logit, probit, cloglog, log, identity)}


def guess(share):
    """Make the link of a task in which guessing alone is right so often.

    Parameters
    ----------
    share : float
        Between 0 and 1: 1/2 with two alternatives.

    Returns
    -------
    Guess
        μ = share + (1 - share) / (1 + exp(-η)).

    Raises
    ------
    DataError
        Another share.

    Examples
    --------
    >>> float(guess(1 / 2).inverse(0.0))
    0.75
    """
    return Guess(checked_share("share", share))
