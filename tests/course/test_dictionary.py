"""The dictionary from R to Python: each row gives in Python what R gave."""

import re
from functools import cache

import nbformat
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import mlm
from methods3 import dictionary as module
from methods3.dictionary import dictionary, is_same, shown, themes
from methods3.dictionary.names import all_names

# The themes the course promises.
PROMISED = [
    "vectors",
    "data frames",
    "factors",
    "formulas",
    "lm",
    "matrices",
    "random numbers",
    "lmer",
    "glm",
    "glmer",
    "plotting",
]
BEGIN, ROWS = module._rows()
RECORDS = module._from_r()
PLACES = [(theme, i) for theme in ROWS for i in range(len(ROWS[theme]))]
# Errors of a misspelt row, not of a trap.
SLIPS = NameError, AttributeError, SyntaxError, ImportError
cached = cache(dictionary)


def name_of(place):
    theme, i = place
    return f"{theme}: {ROWS[theme][i]['R']}"


each_row = pytest.mark.parametrize("place", PLACES, ids=name_of)


def entry_of(place):
    theme, i = place
    return cached(theme).entries[i]


def record_of(place):
    theme, i = place
    return RECORDS["rows"][theme][i]


def test_enough_rows_in_every_theme():
    assert len(PLACES) >= 40
    assert set(PROMISED) <= set(themes()) == set(RECORDS["rows"])


def test_every_theme_is_on_one_of_the_two_pages():
    pages = ROOT.glob("pages/dictionary*.ipynb")
    cells = [cell for page in pages for cell in nbformat.read(page, 4).cells]
    shown = re.findall(r'^book\["(.*?)"\]$', "\n".join(c.source for c in cells), re.M)
    assert sorted(shown) == sorted(themes())
    assert min(map(len, ROWS.values())) >= 5


def test_record_is_of_these_rows():
    """Where this fails: Rscript tests/reference/dictionary.R."""
    codes = {theme: [row["R"] for row in rows] for theme, rows in ROWS.items()}
    asked = {t: [row["R"] for row in rows] for t, rows in RECORDS["rows"].items()}
    assert codes == asked
    assert RECORDS["made_by"].endswith("tests/reference/dictionary.R")
    assert (ROOT / RECORDS["made_by"].split()[1]).exists()


@each_row
def test_row_is_complete(place):
    theme, i = place
    row = ROWS[theme][i]
    assert {"R", "wrong", "trap"} < set(row)
    assert set(row) <= {"R", "python", "name", "fit", "wrong", "trap"}
    assert module.python_code(row)
    assert all(text.strip() for text in ROWS[theme][i].values())
    assert record_of(place)["printed"]


@each_row
def test_python_gives_what_R_gave(place):
    entry = entry_of(place)
    assert entry.same, f"Python: {shown(entry.answer)}, R: {entry.r_answer}"


@each_row
def test_the_trap_is_one(place):
    """What walks into it gives something else, or fails; not by a slip of the pen."""
    wrong = entry_of(place).wrong_answer
    assert not is_same(wrong, record_of(place)["value"])
    assert not isinstance(wrong, SLIPS)


@each_row
def test_numbers_of_a_trap_can_be_seen(place):
    """None is typed that neither the code nor an answer shows."""
    entry = entry_of(place)
    answers = [entry.r_answer, shown(entry.answer), shown(entry.wrong_answer)]
    seen = " ".join([entry.R, entry.python, entry.wrong, *answers])
    for number in re.findall(r"\d[\d.]*\d", entry.trap):
        assert number in seen


# As slides and print-outs of R have them: the answer, and that of the trap.
KNOWN = [
    ("lm", "Days + Subject - 1", 0.9907, 0.7277),
    ("lm", "Days * Subject - 1", 0.9943, 0.8339),
    ("data frames", "sd(", 56.3288, 56.1721),
    ("lmer", "REMLcrit", 1743.6283, 1751.9393),
    ("lmer", "anova", 42.1393, 42.8368),
    ("glm", "exp(coef(g)", 0.017882, 0.017568),
    ("glmer", "logLik", 184.0525637, 186.0525637),
]


@pytest.mark.parametrize(("theme", "code", "right", "wrong"), KNOWN)
def test_known_numbers(theme, code, right, wrong):
    (entry,) = [e for e in cached(theme).entries if code in e.R]
    assert entry.answer == pytest.approx(right, rel=1e-4)
    assert entry.wrong_answer == pytest.approx(wrong, rel=1e-4)


def test_subject_as_a_number():
    """The slope that means nothing: 0.50698 ms per unit of a name."""
    (entry,) = [e for e in cached("lm").entries if "read.csv" in e.R]
    assert entry.answer.iloc[1] == pytest.approx(0.50698, abs=5e-6)
    # The mean of subject 308, and what 309 differs by.
    assert entry.wrong_answer.tolist() == pytest.approx([342.1338, -126.9008], abs=1e-4)


@pytest.mark.parametrize(
    ("answer", "shape", "names", "values", "same"),
    [
        (2.5, [1], None, [2.5], True),
        (2.5 * (1 + 5e-7), [1], None, [2.5], True),
        (2.5 * (1 + 2e-6), [1], None, [2.5], False),
        (np.nan, [1], None, [None], True),
        (None, [1], None, [None], True),
        (np.nan, [1], None, [0], False),
        (0, [1], None, [None], False),
        ("1", [1], None, [1], False),
        ("a", [1], None, ["a"], True),
        ([1, 2], [2], None, [1, 2], True),
        ([2, 1], [2], None, [1, 2], False),
        ([1, 2, 3], [2], None, [1, 2], False),
        ([[1, 2], [3, 4]], [2, 2], None, [1, 2, 3, 4], True),
        ([[1, 3], [2, 4]], [2, 2], None, [1, 2, 3, 4], False),
        ([[1, 2]], [2], None, [1, 2], False),
        (pd.Series([1, 2], ["a", "b"]), [2], ["a", "b"], [1, 2], True),
        (pd.Series([1, 2], ["b", "a"]), [2], ["a", "b"], [1, 2], False),
        (pd.DataFrame({"a": [1], "b": [2]}), [1, 2], ["a", "b"], [1, 2], True),
        (pd.DataFrame({"a": [1], "c": [2]}), [1, 2], ["a", "b"], [1, 2], False),
        (ValueError(), [1], None, [1], False),
    ],
)
def test_what_counts_as_the_same(answer, shape, names, values, same):
    recorded = {"shape": shape, "names": names, "values": values}
    assert is_same(answer, recorded) is same


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("2 / 3", "0.6666667"),
        ("'a'", "'a'"),
        ("print('a\\nb')", "a\nb"),
        ("np.arange(3)", "[0 1 2]"),
        ("np.zeros((9, 9))", "shape (9, 9)"),
        ("pd.Series([0.5, 10.25], ['a', 'b'])", "a     0.50\nb    10.25"),
        ("y = 2; y", "2"),
    ],
)
def test_answers_are_shown_briefly(code, text):
    session = {"np": np, "pd": pd}
    assert shown(module.answer_of(code, session)) == text


def test_mistakes_do_not_spoil_what_follows():
    """One row shows that ``y = x; y[0] = 0`` changes x; the rows below have x still."""
    entries = cached("vectors").entries
    (i,) = [i for i, e in enumerate(entries) if e.wrong.startswith("y = x")]
    assert entries[i].wrong_answer == 0
    (sd,) = [e for e in entries[i:] if e.R == "sd(x)"]
    assert sd.answer == pytest.approx(np.sqrt(250))


def test_names_of_r_are_those_that_mlm_answers_with():
    """The same Python in the dictionary as in the words for who types R's name."""
    named = [entry_of(p) for p in PLACES if "name" in ROWS[p[0]][p[1]]]
    assert len(named) >= 8
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy())
    (entry,) = [entry for entry in named if entry.R == "REMLcrit(m)"]
    with pytest.raises(AttributeError, match=entry.python.replace("m.", "fit[.]")):
        fit.REMLcrit  # noqa: B018


def test_all_names_are_shown():
    shown_names = all_names()
    assert "ranef, random.effects" in str(shown_names)
    assert shown_names._repr_html_().count('<th scope="row">') == len(shown_names.rows)
    assert ("AIC, extractAIC", "fit.aic", "") in shown_names.rows


def test_unknown_theme_is_refused():
    with pytest.raises(mlm.DataError, match="no theme 'anova'; there are: 'vectors'"):
        dictionary("anova")


def test_table_can_be_read_by_everybody():
    """Every column and row has a header; code is no markup."""
    page = cached("vectors")._repr_html_()
    rows = len(ROWS["vectors"])
    assert page.count('<th scope="col">') == 2
    assert page.count('<th scope="row">') == rows
    assert page.count("<td>") == page.count('<td colspan="2">') == rows
    assert "x &lt;- c(10" in page
    assert "x <- c(10" not in page
    assert f"<caption>vectors: R (answers of R {RECORDS['R']}) and Python<" in page
