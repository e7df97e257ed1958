"""Ways to the answers of the exercises, and the fits that they are read from.

By question, the arguments of `Question` that tell an answer that nobody has listed: its
`route`, the fits that it is `about`, what `follows` from a wrong number, and a `hint`
where nothing is recognised.
"""

from methods3.check.ways import (
    covariance,
    levels,
    likelihood,
    linear_model,
    link_functions,
    planning,
    pooling,
    reading,
    two_stages,
)
from methods3.check.ways.about import ABOUT

_LECTURES = (
    levels,
    linear_model,
    likelihood,
    two_stages,
    reading,
    covariance,
    pooling,
    planning,
    link_functions,
)
_WAYS = {name: way for lecture in _LECTURES for name, way in lecture.WAYS.items()}
WAYS = {
    name: _WAYS.get(name, {}) | {"about": ABOUT.get(name, {})}
    for name in _WAYS.keys() | ABOUT.keys()
}
