"""Models compared by what they mean, however they are written."""

import json

import numpy as np
import pytest

import mlm
from methods3.check.designs import NO_MODEL, judged
from methods3.check.fits import speech
from methods3.grade.answers import record, unpack

LINES = "Reaction ~ Days + (Days | Subject)"
BATTERS = "angle ~ recipe + temp + (temp | recipe:replicate)"
LOADED = {LINES: mlm.load_sleepstudy, BATTERS: mlm.load_cake}

ALIKE = {
    LINES: [
        LINES,
        "Reaction~1+Days+(1+Days|Subject)",
        "Reaction ~ (Days | Subject) + Days",
        "Reaction ~ I(Days * 24) + (I(2 * Days - 9) | Subject)",
        "Reaction ~ Days + (0 + I(9 - Days) + Days | Subject)",
        "Reaction ~ 0 + I(9 - Days) + Days + (Days | Subject)",
    ],
    BATTERS: [
        BATTERS,
        "angle ~ temp + recipe + (1 + temp | replicate:recipe)",
        "angle ~ 0 + recipe + temp + (temp | recipe:replicate)",
    ],
}
DIFFERENT = {
    (LINES, "Days ~ Reaction + (Days | Subject)"): "Left of the ~ stands `Days`",
    (LINES, "log(Reaction) ~ Days + (Days | Subject)"): "stands `log(Reaction)`",
    (LINES, "Reaction ~ Days"): "Nothing varies between groups yet",
    (LINES, "Reaction ~ Days + (1 | Subject)"): "but one slope for all",
    (LINES, "Reaction ~ Days + (0 + Days | Subject)"): "all have the same intercept",
    (LINES, "Reaction ~ Days + (Days || Subject)"): "may be correlated, and in yours",
    (LINES, "Reaction ~ Days + (1 | Days)"): "`Days` makes other groups",
    (LINES, LINES + " + (1 | Days)"): "Nothing was said that varies by `Days`",
    (LINES, "Reaction ~ 1 + (Days | Subject)"): "A fixed effect is missing",
    (LINES, "Reaction ~ 0 + Days + (Days | Subject)"): "A fixed effect is missing",
    (LINES, "Reaction ~ C(Days) + (Days | Subject)"): "`C(Days)` is not among",
    (LINES, "Reaction ~ Days + (Days + I(Days**2) | Subject)"): "'I(Days ** 2)'",
    (LINES, "Reaction ~ Dayz + (Days | Subject)"): "cannot be built",
    (LINES, "Reaction Days"): "cannot be built",
    (LINES, ""): "cannot be built",
    (LINES, 25.6): NO_MODEL,
    (BATTERS, "angle ~ recipe * temp + (temp | recipe:replicate)"): "`recipe:temp` is",
    (BATTERS, "angle ~ recipe + temp + (temp | replicate)"): "makes other groups",
    (BATTERS, "angle ~ recipe + temp + (temp | recipe/replicate)"): "cannot be built",
    (BATTERS, "angle ~ recipe + temperature + (temp | recipe:replicate)"): (
        "`temperature` is not among"
    ),
}


@pytest.mark.parametrize(
    ("asked", "answer"), [(asked, a) for asked, same in ALIKE.items() for a in same]
)
def test_one_model_written_in_several_ways(asked, answer):
    assert judged(asked, LOADED[asked])(answer) == ""


@pytest.mark.parametrize(("asked", "answer"), DIFFERENT)
def test_another_model_is_told_by_what_it_says(asked, answer):
    assert DIFFERENT[asked, answer] in judged(asked, LOADED[asked])(answer)


def test_uncorrelated_effects_that_are_correlated():
    asked = "Reaction ~ Days + (Days || Subject)"
    problem = judged(asked, mlm.load_sleepstudy)
    assert problem("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)") == ""
    assert "are not to be correlated" in problem(LINES)


def test_a_missing_factor_is_not_named():
    asked = "diameter ~ 1 + (1 | plate) + (1 | sample)"
    said = judged(asked, mlm.load_penicillin)("diameter ~ 1 + (1 | plate)")
    assert said.startswith("A grouping factor is missing")
    assert "sample" not in said


def test_a_fit_is_as_good_as_its_formula():
    data = mlm.load_sleepstudy()
    problem = judged(LINES, mlm.load_sleepstudy)
    assert problem(mlm.lmer(LINES, data, reml=False)) == ""
    assert "but one slope" in problem(mlm.lmer("Reaction ~ Days + (1 | Subject)", data))
    assert "100 rows" in problem(mlm.lmer(LINES, data[:100]))


def test_rows_may_stand_in_another_order():
    """Whoever sorts a table has the same model, and whoever changes it has not."""
    data = mlm.load_sleepstudy()
    problem = judged(LINES, mlm.load_sleepstudy)
    for other in (data.sort_values("Days"), data.sample(frac=1, random_state=1)):
        assert problem(mlm.lmer(LINES, other)) == ""
        fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", other)
        assert "but one slope for all" in problem(fit)
    own = data.assign(day=data["Days"]).sort_values("Reaction", ascending=False)
    fit = mlm.lmer("Reaction ~ day + (day | Subject)", own)
    assert "in another order than in the data" in problem(fit)
    mixed = data.assign(Days=data["Days"].to_numpy()[::-1])[::-1]
    assert problem(mlm.lmer(LINES, mixed))


def test_a_table_that_was_changed_is_told():
    data = mlm.load_sleepstudy()
    said = judged(LINES, mlm.load_sleepstudy)(
        mlm.lmer(LINES, data.assign(Reaction=data["Reaction"] / 1000))
    )
    assert "other values of `Reaction` than the data: load them anew" in said


@pytest.mark.parametrize(
    ("formula", "advice"),
    [
        ("Reaction = Days + (Days | Subject)", "Write: response ~ fixed effects"),
        ("Reaction ~ Days + Days | Subject", "Put the random term in parentheses"),
        ("Reaction ~ Days + (Days | C(Subject))", "write (1 | g)"),
        ("Reaction ~ Days + (Days | subject)", "Did you mean 'Subject'?"),
        ("Reaction ~ day + (day | Subject)", "give your fit instead of a formula"),
    ],
)
def test_what_cannot_be_built_is_told_with_what_to_do(formula, advice):
    assert advice in judged(LINES, mlm.load_sleepstudy)(formula)


def test_another_response_is_told_though_it_makes_no_model():
    problem = judged("f0mn ~ attitude + (1 | subject)", speech)
    for formula in ("attitude ~ f0mn", "gender ~ f0mn + (1 | subject)"):
        assert problem(formula).endswith("what is to be explained?")
    said = problem("C(attitude) ~ f0mn")
    assert "cannot be built" in said
    assert "glm" not in said
    assert "Did you mean 'f0mn'?" in problem("f0mm ~ attitude + (1 | subject)")


def test_a_fit_leaves_the_sandbox_as_its_design():
    """Judged from what is written down, as in the notebook itself."""
    data = mlm.load_sleepstudy()
    problem = judged(LINES, mlm.load_sleepstudy)
    day = data.assign(day=data["Days"] - 4.5)
    for answer in (
        mlm.lmer(LINES, data),
        mlm.lmer("Reaction ~ day + (day | Subject)", day),
        mlm.lmer(LINES, data.sort_values("Days")),
        mlm.lmer("Reaction ~ Days + (1 | Subject)", data),
        mlm.lmer("Reaction ~ Days + (Days || Subject)", data),
        mlm.lm("Reaction ~ Days", data),
        mlm.lmer(LINES, data[:90]),
    ):
        *_, packed = json.loads(record("A1.2b", answer))
        assert problem(unpack(packed)) == problem(answer)


def test_a_number_that_was_taken_for_a_category():
    """The same name, other columns."""
    data = mlm.load_sleepstudy()
    said = judged(LINES, mlm.load_sleepstudy)(
        mlm.lmer(LINES, data.assign(Days=np.sqrt(data["Days"])))
    )
    assert "random" not in said
    assert said == "It was not said that this varies by Subject: 'Days'."
    fixed = mlm.lmer(
        "Reaction ~ Days + (day | Subject)",
        data.assign(day=data["Days"], Days=data["Days"] ** 2),
    )
    assert "other columns" in judged(LINES, mlm.load_sleepstudy)(fixed)
