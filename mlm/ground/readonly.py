"""Results that cannot be changed: arrays are locked, tables are copied on the way out.

A reader may do with a table what they like; the fit, and its next print-out, stay what
they were.
"""

from functools import wraps

import numpy as np
import pandas as pd
from scipy.sparse import issparse


def lock(value):
    """Make arrays read-only, also within lists, tuples, dicts and sparse arrays.

    Returns
    -------
    same type
        The value itself; lists come back as tuples.
    """
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif issparse(value):
        for name in ("data", "indices", "indptr", "offsets"):
            lock(getattr(value, name, None))
    elif isinstance(value, dict):
        return {key: lock(part) for key, part in value.items()}
    elif isinstance(value, tuple) and hasattr(value, "_fields"):  # a named one
        lock(tuple(value))
    elif type(value) in (list, tuple):
        return tuple(map(lock, value))
    return value


class Locked:
    """Base of results that are locked when they are copied or unpickled, too."""

    def __setstate__(self, state):
        vars(self).update(lock(state))


def copied(value):
    """A copy of a table, or of a dict of tables; anything else as it is."""
    if isinstance(value, (pd.Series, pd.DataFrame)):
        return value.copy()
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    return value


def handed_out(compute):
    """Property that is computed once, and of which every reading is a copy."""
    key = f"_{compute.__name__}"

    @wraps(compute)
    def read(self):
        known = vars(self)
        if key not in known:
            known[key] = lock(compute(self))
        return copied(known[key])

    return property(read)


def copying(*names):
    """Decorator of a frozen dataclass: every reading of these fields is a copy."""

    def decorate(cls):
        for name in names:
            setattr(cls, name, _copied_field(f"_{name}"))
        return cls

    return decorate


def _copied_field(key):
    def read(self):
        return copied(vars(self)[key])

    def write(self, value):  # only the dataclass's own __init__ comes here
        vars(self)[key] = lock(value)

    return property(read, write)
