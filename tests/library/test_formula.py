"""Formulas: what is read, and how what cannot be read is refused."""

import pytest

import mlm
from mlm.formula.parse import parse_formula, variables

READ = [
    # text, response, fixed part, random terms as (effects, group)
    ("y ~ x + (x | g)", "y", "x", [("x", "g")]),
    ("y ~ x + (1 + x | g)", "y", "x", [("1 + x", "g")]),
    ("y ~ (1 | g)", "y", "1", [("1", "g")]),
    ("y~x+(0+x|g)", "y", "x", [("0+x", "g")]),
    ("y ~ x + (x || g)", "y", "x", [("1", "g"), ("0 + x", "g")]),
    ("y ~ x + (0 + x || g)", "y", "x", [("0 + x", "g")]),
    (
        "y ~ x*z + (x + z || g)",
        "y",
        "x*z",
        [("1", "g"), ("0 + x", "g"), ("0 + z", "g")],
    ),
    ("y ~ (1 | a:b)", "y", "1", [("1", "a:b")]),
    ("y ~ (1 | a/b)", "y", "1", [("1", "b:a"), ("1", "a")]),
    ("y ~ (1 | g) + x", "y", "x", [("1", "g")]),
    ("y ~ (1 | g) - 1 + x", "y", "- 1 + x", [("1", "g")]),
    ("y ~ x + (1 | g) + (1 | h)", "y", "x", [("1", "g"), ("1", "h")]),
    ("np.log(y) ~ I(x**2) + (1 | g)", "np.log(y)", "I(x**2)", [("1", "g")]),
    ("y ~ (x + z)^2 + (1 | g)", "y", "(x + z)^2", [("1", "g")]),
    ("y ~ (1 | `my group`)", "y", "1", [("1", "my group")]),
    ("y ~ x", "y", "x", []),
]

REFUSED = [
    # text, the part marked, words of the message
    ("y ~ x + (x | g", "(x | g", "never closed"),
    ("y ~ x) + (1 | g)", ")", "without '('"),
    ("y ~ x + x | g", "|", "outside parentheses"),
    ("y ~ x + (x g)", "(x g)", "write (x | g)"),
    ("y ~ x + ( | g)", "( | g)", "write (1 | g)"),
    ("y ~ x + (1 | )", "| )", "nothing after the bar"),
    ("y ~ x + (1 | g | h)", "| g |", "more than one bar"),
    ("y ~ x + (1 ||| g)", "|||", "more than one bar"),
    ("y ~ x * (1 | g)", "(1 | g)", "only be added"),
    ("y ~ (1 | g):x", "(1 | g)", "only be added"),
    ("y ~ f((1 | g))", "((1 | g))", "only be added"),
    ("y ~ ((1 | g))", "((1 | g))", "nested too deep"),
    ("y ~ (1 | g + h)", "| g + h)", "no grouping factor"),
    ("y ~ (1 | a:b/c)", "| a:b/c)", "Write the terms out"),
    ("y ~ I(x^2) + (1 | g)", "^", "Write ** for a power"),
    ("y ~ . + (1 | g)", ".", "Name the columns"),
    ("~ x + (1 | g)", "~", "no response"),
    ("y = x + (1 | g)", "y = x + (1 | g)", "one '~'"),
    ("y ~ x ~ z", "~ z", "one '~'"),
    ("", "", "one '~'"),
    (3, "3", "a formula is text, not int"),
]


@pytest.mark.parametrize(("text", "response", "fixed", "terms"), READ)
def test_formula_is_read(text, response, fixed, terms):
    formula = parse_formula(text)
    assert formula.response == response
    assert formula.fixed == fixed
    assert [(bar.effects, bar.label) for bar in formula.bars] == terms


@pytest.mark.parametrize(("text", "marked", "words"), REFUSED)
def test_bad_formula_is_marked(text, marked, words):
    with pytest.raises(mlm.FormulaError) as caught:
        parse_formula(text)
    message = str(caught.value)
    assert words in message
    shown, mark = message.splitlines()[2:4]
    start, stop = mark.find("^"), mark.rfind("^") + 1
    assert shown[start:stop].strip() == marked.strip()
    assert len(message.splitlines()) == 5, "problem, blank, formula, mark, what to do"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("Days", ["Days"]),
        ("np.log(Days + 1) * Subject", ["Days", "Subject"]),
        ("C(Subject, levels=['a', 'b'])", ["Subject"]),
        ("`reaction time` + x", ["reaction time", "x"]),
        ("bs(x, df=4) + 1", ["x"]),
        ("yield + lambda", ["yield", "lambda"]),
        (
            "np.log(`dog's age`) + `a+b`:`person's age`",
            ["dog's age", "a+b", "person's age"],
        ),
        ("reaction.time + f(x, 'z') - 1", ["reaction.time", "x"]),
        ("µ + np.log(µ) + np.log(μ)", ["µ", "μ"]),
        ("1", []),
    ],
)
def test_variables_of_an_expression(expression, names):
    assert variables(expression) == names


def test_a_text_that_is_read_again_has_functions_of_its_own():
    """What is remembered of a text is no more than the text says."""
    text = "y ~ once(x) + (1 | g)"
    first, second = (parse_formula(text, {"once": f}) for f in (abs, round))
    assert first == second
    assert (first.namespace["once"], second.namespace["once"]) == (abs, round)
    with pytest.raises(mlm.FormulaError, match=r"once\(\) is not known"):
        parse_formula(text)
