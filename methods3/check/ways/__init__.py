"""Ways to the answers of the exercises, and the fits that they are read from.

By question, the arguments of `Question` that tell an answer that nobody has listed: its
`route`, the fits that it is `about`, and what `follows` from a wrong number.
"""

from methods3.check.ways import week01, week02a, week02b, week02c

WAYS = week01.WAYS | week02a.WAYS | week02b.WAYS | week02c.WAYS
