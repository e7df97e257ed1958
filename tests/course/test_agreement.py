"""Stated numbers beside computed ones."""

import pytest

from methods3.agreement import agreement


@pytest.mark.parametrize(
    ("stated", "value", "here", "same"),
    [
        ("0.07", 0.0655513, "0.07", True),
        ("24.741", 24.74045, "24.740", False),
        ("-0.10", -0.1, "−0.10", True),
        ("−0.6008", -0.600774, "−0.6008", True),
        ("36", 36, "36", True),
        ("36", 54.0, "54", False),
    ],
)
def test_digits_stated_decide(stated, value, here, same):
    row = agreement({"number": (stated, value)}).loc["number"]
    assert (row["here"], row["same"]) == (here, same)


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="slope: 'steep' is no number"):
        agreement({"slope": ("steep", 10.5)})
