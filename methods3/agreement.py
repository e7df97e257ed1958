"""Numbers that a source states, beside those that are computed here."""

from decimal import Decimal

import pandas as pd


def agreement(numbers):
    """Compare stated numbers with computed ones, to the digits that are stated.

    Parameters
    ----------
    numbers : mapping of str to (str, float)
        By name: the number as its source prints it, such as ``"0.0700"``, and the
        number computed.

    Returns
    -------
    DataFrame
        Columns ``stated``, ``here`` (rounded to the digits stated) and ``same``.

    Raises
    ------
    ValueError
        If what is stated is no number.

    Examples
    --------
    >>> print(agreement({"π": ("3.14", 3.14159), "e": ("2.72", 2.7)}).to_string())
      stated  here   same
    π   3.14  3.14   True
    e   2.72  2.70  False
    """
    rows = {}
    for name, (stated, value) in numbers.items():
        try:
            digits = max(-Decimal(stated.replace("−", "-")).as_tuple().exponent, 0)
        except ArithmeticError:
            raise ValueError(f"{name}: {stated!r} is no number.") from None
        here = format(value, f".{digits}f").replace("-", "−")
        rows[name] = (stated, here, stated.replace("-", "−") == here)
    return pd.DataFrame(rows, index=["stated", "here", "same"]).T
