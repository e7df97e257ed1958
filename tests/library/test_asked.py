"""What means, slopes and contrasts are asked: grids, scales, labels, notes."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from test_after_the_fit import R, close, columns, fits
from test_glm import REFERENCE as GLM

import mlm
from mlm.ground import names
from mlm.ground.errors import CallError, UnknownNameError

ASKED = R["asked"]


def asked(name):
    """R's table by our names."""
    names = {"odds.ratio": "odds_ratio", "emmean": "mean"}
    return {names.get(k, k): v for k, v in columns(ASKED[name]).items()}


def same(table, name, case=""):
    known = asked(name)
    ours = [n for n in table if n in known and table[n].dtype.kind == "f"]
    assert {"se", "df", "lower", "upper"} <= set(ours)
    for column in ours:
        close(table[column], known[column], case, atol=1e-7)


def breaks(**columns):
    return pd.DataFrame(GLM["data"]["breaks"]).assign(**columns)


def small(**columns):
    y = [1.0, 2, 4, 7, 3, 8, 2, 9]
    return pd.DataFrame({"y": y, "x": [1.0, 2, 3, 4, 2, 1, 4, 3]} | columns)


# ---- Grids. ----


def test_a_number_that_stands_in_C_has_all_its_values(sleepstudy):
    fit = mlm.lmer("Reaction ~ C(Days) + (1 | Subject)", sleepstudy)
    same(fit.means("Days").to_frame(), "coded", "additive_s")
    pairs = fit.means("Days").pairs("holm").to_frame()
    same(pairs, "coded_pairs", "additive_s")
    labels = [label.replace("Days", "") for label in ASKED["coded_pairs"]["contrast"]]
    assert pairs["contrast"].tolist() == labels
    assert fit.means().to_frame()["mean"].item() == pytest.approx(
        np.mean(ASKED["coded"]["emmean"])
    )
    assert "averaged over 10 values of Days" in fit.means().note
    with pytest.raises(mlm.DataError, match=r"no level of 'Days' 0.5; there are: 0"):
        fit.means("Days", at={"Days": 0.5})
    with pytest.raises(mlm.DataError, match=r"in C\(\), as levels.*means\('Days'\)"):
        fit.slopes("Days")


def test_at_takes_only_what_a_truth_can_be():
    fit = mlm.lm("y ~ flag * x", small(flag=[True, False, False, True] * 2))
    for wrong in ("False", np.nan, 7):
        with pytest.raises(mlm.DataError, match=r"no level of 'flag' .*: False, True"):
            fit.means("flag", at={"flag": wrong})
    both = fit.means("flag").to_frame()["mean"]
    for right, expected in ((np.False_, both[0]), (True, both[1])):
        found = fit.means("flag", at={"flag": right}).to_frame()["mean"].item()
        assert found == expected


@pytest.mark.parametrize("given", ["offset(log(hours))", "column"])
def test_means_with_an_offset_of_ones_own(given):
    hours = 1 + np.arange(1, 55) % 5
    data = breaks(hours=hours, o=np.log(hours))
    if given == "column":
        fit, at = mlm.glm("breaks ~ wool", data, "poisson", offset="o"), {"o": 0}
    else:
        fit, at = mlm.glm(f"breaks ~ wool + {given}", data, "poisson"), {"hours": 1}
    (name,) = at
    same(fit.means("wool").to_frame(), "mean_offset")
    same(fit.means("wool", at=at).to_frame(), "no_offset")
    assert "the offset at its mean, 0.9752" in fit.means("wool").note
    assert f"offset at the values of {name}" in fit.means("wool", at=at).note
    two = fit.means(name, at={name: [1, 2]}, type="link")
    rise = 1.0 if given == "column" else np.log(2)
    assert np.diff(two.to_frame()["mean"]) == pytest.approx(rise)
    found = two.contrast({"rise": [-1, 1]}).to_frame()["estimate"].item()
    assert found == pytest.approx(rise)
    with pytest.raises(mlm.DataError, match="is of an offset: say at which values"):
        fit.means(name)


def test_offsets_from_both_places_are_added():
    hours = 1 + np.arange(1, 55) % 5
    data = breaks(hours=hours, o=np.linspace(0, 1, 54))
    fit = mlm.glm("breaks ~ wool + offset(log(hours))", data, "poisson", offset="o")
    known = fit.fixef.iloc[0]
    for at, expected in (
        ({"hours": 2}, np.log(2) + 0.5),
        ({"o": 3}, 3 + np.log(hours.mean())),
        ({"o": 3, "hours": 2}, 3 + np.log(2)),
    ):
        mean = fit.means("wool", at=at, type="link").to_frame()["mean"][0]
        assert mean == pytest.approx(known + expected)


def test_an_array_of_offsets_has_its_mean():
    known = np.linspace(0, 1, 54)
    data = breaks(hours=np.full(54, 2.0))
    fit = mlm.glm("breaks ~ wool + offset(log(hours))", data, "poisson", offset=known)
    mean = fit.means("wool", at={"hours": 1}, type="link").to_frame()["mean"][0]
    assert mean == pytest.approx(fit.fixef.iloc[0] + 0.5)


def test_a_joint_test_is_of_what_the_table_has():
    """An offset is part of the means, and of what is said of them together."""
    data = small(o=np.full(8, 2.0))
    plain, moved = mlm.lm("y ~ x", data.eval("y = y - o")), mlm.lm("y ~ x", data)
    with_offset = mlm.lm("y ~ x", data, offset="o")
    assert with_offset.means().test() == pytest.approx(moved.means().test())
    assert with_offset.contrast([1, 0]).test() == pytest.approx(
        plain.contrast([1, 0]).test()
    )


def test_means_that_the_data_do_not_tell_are_explained():
    inner = ["a1", "a2", "b1", "b2", "b3"]
    data = pd.DataFrame({"inner": np.repeat(inner, 6)})
    data["outer"], data["z"] = data["inner"].str[0], ["u", "v", "u"] * 10
    data["y"] = np.random.default_rng(1).normal(size=30)
    with pytest.warns(mlm.RankDeficiencyWarning):
        fit = mlm.lm("y ~ z + outer + inner", data)
    means = fit.means("z")
    told = "as no row tells of outer = a, inner = b1; outer = a, inner = b2; "
    told += "outer = a, inner = b3; 2 more."
    assert means.note.endswith(f"; nan, {told}")
    assert means.pairs().note.endswith(f" Nan, {told}")
    assert (
        "nan"
        not in fit.means(["outer", "inner"], at={"outer": "a", "inner": "a1"}).note
    )
    assert (
        "nan"
        not in fit.means("z", at={"outer": "b", "inner": ["b1", "b2"]}).pairs().note
    )


# ---- Slopes. ----


def test_slopes_at_the_ends_of_a_spline(sleepstudy):
    fit = mlm.lm("Reaction ~ bs(Days, df=4)", sleepstudy)
    table = fit.slopes("Days", by="Days", at={"Days": [0, 9]}).to_frame()
    np.testing.assert_allclose(table["slope"], ASKED["ends"]["slope"], atol=1e-3)
    np.testing.assert_allclose(table["se"], ASKED["ends"]["se"], rtol=1e-4)
    over = fit.slopes("Days", at={"Days": [0, 9]})
    assert over.to_frame()["slope"].item() == pytest.approx(table["slope"].mean())
    assert "averaged over 2 values of Days" in over.note


@pytest.mark.parametrize(
    "effects", ["I(x > 2)", "I(x > 2) * z", "np.floor(x)", "z:np.sign(x - 2)"]
)
def test_steps_have_no_slope(effects):
    fit = mlm.lm(f"y ~ {effects}", small(z=[0.0, 1, 0, 2, 1, 0, 3, 1]))
    with pytest.raises(mlm.DataError, match=r"steps alone.*means\('x', at=.*1, 4\]"):
        fit.slopes("x")


def test_slopes_beside_a_step():
    data = pd.DataFrame({"x": np.linspace(-2, 2, 41), "z": np.arange(41) % 3})
    data["y"] = 3 * data["x"] + 5 * (data["x"] > 0)
    data["y"] += np.random.default_rng(1).normal(size=41)
    fit = mlm.lm("y ~ x + I(x > 0) + z", data)
    table = fit.slopes("x", by="x", at={"x": [-1, 1]}).to_frame()
    np.testing.assert_allclose(table["slope"], fit.fixef["x"])
    with pytest.raises(mlm.DataError, match=r"jumps with 'x'.*other values"):
        fit.slopes("x", at={"x": 0})
    bent = mlm.lm("y ~ x + I(x * (x > 0))", data)
    table = bent.slopes("x", by="x", at={"x": [-1, 1]}).to_frame()
    np.testing.assert_allclose(table["slope"], np.cumsum(bent.fixef.iloc[1:]))


def test_a_parabola_is_flat_at_its_top(sleepstudy):
    """Which is a slope of 0, and not the want of one."""
    fit = mlm.lm("Reaction ~ I((Days - 4.5)**2)", sleepstudy)
    found = fit.slopes("Days").to_frame()
    assert found["slope"].item() == pytest.approx(0, abs=1e-6)
    other = mlm.lm("y ~ x:z", small(z=[-1.0, 1, -1, 1, 1, -1, 2, -2]))
    assert other.slopes("x").to_frame()["slope"].item() == pytest.approx(0)


# ---- Names of rows and columns. ----


def test_predictors_called_like_a_column_of_the_answer():
    kinds = {"mean": list("abca") * 2, "p": list("uuvvuvuv"), "lower": [1.0, 2] * 4}
    fit = mlm.lm("y ~ mean + p + lower", small(**kinds))
    table = fit.means(["mean", "lower"]).to_frame()
    assert table["mean (predictor)"].tolist() == list("aabbcc")
    assert table["lower (predictor)"].tolist() == [1, 2] * 3
    assert table["mean"].dtype == table["lower"].dtype == float
    table = fit.means("mean", by="p").pairs("none").to_frame()
    assert table["p (predictor)"].tolist() == list("uuuvvv")
    assert (table["p"] < 1).all()
    data = small(contrast=list("uuvvuvuv"), g=list("abbaabab"))
    table = mlm.lm("y ~ g + contrast", data).means("g", by="contrast").pairs()
    assert list(table.to_frame())[:2] == ["contrast", "contrast (predictor)"]
    assert "contrast (predictor)" in repr(table)


def test_levels_that_read_as_contrasts_stand_in_parentheses(sleepstudy):
    kinds = np.array(["A", "B - C", "A - B", "C"])[np.arange(1, 181) % 4]
    means = mlm.lm("Reaction ~ c", sleepstudy.assign(c=kinds)).means("c")
    table = means.pairs("none").to_frame()
    assert table["contrast"].tolist() == ASKED["signs"]["contrast"]
    same(table, "signs")
    treatment = means.contrast().to_frame()["contrast"].tolist()
    assert treatment[0] == "(A - B) - A"
    assert means.contrast("sum").to_frame()["contrast"][1] == "(A - B) effect"


def test_contrasts_of_one_name_are_all_there():
    data = small(a=["low", "low high"] * 4, b=["x", "x", "high x", "high x"] * 2)
    table = mlm.lm("y ~ a + b", data).means(["a", "b"]).pairs("none").to_frame()
    assert len(table) == table["contrast"].nunique() == 6
    assert "low, high x" in table["contrast"][0]


@pytest.mark.parametrize(
    ("L", "labels"),
    [
        ({"Days": 1}, ["Days"]),
        ({"(Intercept)": -2, "Days": 0.5}, ["0.5 Days - 2 (Intercept)"]),
        ({"Days": -1}, ["-Days"]),
        ([[1, 9], [0, -1]], ["(Intercept) + 9 Days", "-Days"]),
        ({"rise": {"Days": 1}, "start": {"(Intercept)": 1}}, ["rise", "start"]),
        (pd.Series({"Days": 1, "(Intercept)": 0}), ["Days"]),
        (pd.DataFrame({"Days": [1, 2]}, index=["a", "b"]), ["a", "b"]),
    ],
)
def test_combinations_are_called_what_they_are(sleep_fit, L, labels):
    table = sleep_fit.contrast(L).to_frame()
    assert table["contrast"].tolist() == labels


def test_combinations_of_many_effects_have_a_number():
    found = fits()["cake"].contrast(np.ones((2, 18)))
    assert found.to_frame()["contrast"].tolist() == ["1", "2"]


def test_a_series_is_read_by_name(sleep_fit):
    found = sleep_fit.contrast(pd.Series({"Days": 1, "(Intercept)": 0})).to_frame()
    assert found["estimate"].item() == pytest.approx(10.46728596)  # lme4
    with pytest.raises(mlm.DataError, match="no fixed effect 0"):
        sleep_fit.contrast(pd.Series([0, 1]))


# ---- Scales. ----


def test_ratios_are_emmeans():
    pairs = fits()["poisson"].means("tension").pairs(type="response")
    table = pairs.to_frame()
    same(table, "poisson")
    assert table["contrast"].tolist() == ASKED["poisson"]["contrast"]
    close(table["z"], ASKED["poisson"]["z.ratio"], "")
    assert "Ratios; tests are of their logs." in pairs.note
    odds = fits()["cbpp"].means("period").contrast(type="response")
    same(odds.to_frame(), "cbpp", "cbpp")
    assert odds.to_frame()["contrast"][0] == "2 / 1"
    assert "Odds ratios; tests are of their logs." in odds.note
    assert "(predictor)" not in repr(odds)


def test_notes_say_what_the_scale_is():
    poisson, cbpp = fits()["poisson"], fits()["cbpp"]
    assert "differences of the log." in poisson.means("wool").pairs().note
    assert "differences of the logit." in cbpp.means("half").pairs().note
    assert "means of the logit" in cbpp.means("half", type="link").note
    assert "differences of the logit." in cbpp.means("half", type="link").pairs().note
    assert "on the scale of the logit" in cbpp.contrast({"halflate": 1}).note
    counts = mlm.glm("breaks ~ x", breaks(x=np.arange(54)), "poisson")
    assert "slopes of the log" in counts.slopes("x").note
    for response in ("log(breaks)", "sqrt(breaks)"):
        fit = mlm.lm(f"{response} ~ wool", breaks())
        assert f"means of {response}." in fit.means("wool").note
        assert f"differences of {response}." in fit.means("wool").pairs().note
        with pytest.raises(mlm.DataError, match="are no ratios of the response"):
            fit.means("wool").pairs(type="response")
    plain = mlm.lm("breaks ~ wool", breaks())
    for type in ("link", "response"):
        pairs = plain.means("wool").pairs("none", type=type)
        assert pairs.note == "p values and intervals are of each alone."
        assert "estimate" in pairs.to_frame()
    probit = mlm.glm(
        "big ~ wool", breaks(big=breaks()["breaks"] > 28), "binomial", "probit"
    )
    with pytest.raises(mlm.DataError, match="differences of the probit are no ratios"):
        probit.means("wool").contrast(type="response")


# ---- Contrasts. ----


@pytest.mark.parametrize(
    ("case", "fit", "names", "type"),
    [
        ("crossed", "lm", ["tension", "wool"], "link"),
        ("crossed_cake", "cake", ["recipe", "temperature"], "link"),
        ("crossed_poisson", "poisson", ["tension", "wool"], "response"),
    ],
)
def test_interactions_are_emmeans(case, fit, names, type):
    found = fits()[fit].means(names).contrast("interaction", type=type).to_frame()
    known = pd.DataFrame(asked(case))
    labels = [
        f"({a}) * ({b.replace('temperature', '')})"
        for a, b in zip(*(known[f"{name}_pairwise"] for name in names), strict=True)
    ]
    assert sorted(found["contrast"]) == sorted(labels)
    found = found.set_index("contrast").loc[labels]
    for column in found:
        theirs = known[column].astype(float).fillna(np.inf)
        np.testing.assert_allclose(found[column], theirs, rtol=1e-4, atol=1e-6)


def test_an_interaction_within_values_of_another():
    data = breaks(block=np.arange(54) % 2)
    means = mlm.lm("breaks ~ wool * tension * block", data).means(
        ["tension", "wool"], by="block"
    )
    table = means.contrast("interaction").to_frame()
    assert table["block"].tolist() == [0, 0, 0, 1, 1, 1]
    own = means.contrast({"HL": [1, -1, -1, 1, 0, 0]}).to_frame()
    np.testing.assert_allclose(own["estimate"], table["estimate"][::3])


def test_trends_say_along_what():
    data = small(level=["low", "mid", "high", "low", "mid", "high", "mid", "low"])
    found = mlm.lm("y ~ level", data).means("level").contrast("trend")
    assert "Trends are along high, low, mid, in equal steps." in found.note
    many = pd.DataFrame(
        {"g": np.repeat(list("abcdefgh"), 2), "y": np.arange(16.0) ** 2}
    )
    found = mlm.lm("y ~ g", many).means("g").contrast("trend")
    assert "along a, b, c, d, ..., h, in" in found.note


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda f: f.means("recipe", at={"recipe": []}),
            r"at\['recipe'\] has no values",
        ),
        (lambda f: f.slopes("temp", by=["recipe"] * 2), "named twice"),
        (lambda f: f.slopes("temp", at={"temp": []}), r"at\['temp'\] has no values"),
        (lambda f: f.contrast({"a": {"temp": 1}, "b": 2}), "combinations for others"),
        (lambda f: f.contrast(pd.DataFrame([[1, 2]], columns=["temp"] * 2)), "twice"),
        (lambda f: f.contrast({"a": {"temp": np.nan}}), "finite numbers"),
        (lambda f: f.contrast({"temp": 0}), "combination 1 of L has no weight but 0"),
        (
            lambda f: f.contrast(np.zeros((2, 4))),
            "combination 1 of L has no weight but 0",
        ),
        (lambda f: f.means("recipe").contrast("interaction"), "two predictors or more"),
        (
            lambda f: f.means(["recipe", "temp"], at={"temp": [1, 2]}).contrast(
                "interaction", adjust="tukey"
            ),
            "Tukey's range is of pairs",
        ),
    ],
)
def test_bad_questions_are_named(ask, words):
    fit = mlm.lm("angle ~ recipe + temp", mlm.load_cake())
    with pytest.raises(mlm.DataError, match=words):
        ask(fit)


# ---- Words of R. ----


def results():
    fit = fits()["lm"]
    means = fit.means("tension")
    return {"Means": means, "Contrasts": means.pairs("none")}


@pytest.mark.parametrize("row", names.table()["results"], ids=lambda r: r["typed"][0])
def test_words_of_r_are_answered_and_run(row):
    for kind in row.get("of", ["Means", "Contrasts"]):
        found = results()[kind]
        eval(row["python"], {"results": found, "fit": fits()["lm"]})
        way = row["python"].replace("results", kind.lower())
        for name in row["typed"]:
            with pytest.raises(UnknownNameError) as caught:
                getattr(found, name)
            assert str(caught.value) == f"{kind} has no {name!r}: write {way}."


def test_columns_are_not_attributes():
    means, contrasts = results().values()
    with pytest.raises(UnknownNameError, match=r"write means.to_frame\(\)\['df'\]"):
        means.df  # noqa: B018
    with pytest.raises(UnknownNameError, match=r"contrasts.to_frame\(\)\['estimate'\]"):
        contrasts.estimate  # noqa: B018
    with pytest.raises(UnknownNameError, match=r"means.to_frame\(\), which has its"):
        means.plot()
    with pytest.raises(
        CallError, match=r"no table: write means.to_frame\(\)\['mean'\]"
    ):
        means["mean"]
    assert not hasattr(means, "_repr_png_")
    assert not hasattr(means, "nothing")


def test_a_property_that_fails_says_so_itself():
    class Broken(mlm.Means):
        @property
        def half(self):
            return None.missing

    broken = object.__new__(Broken)
    with pytest.raises(AttributeError, match=r"'NoneType' .* 'missing'"):
        broken.half  # noqa: B018


def test_copies_are_as_good():
    for found in results().values():
        again = pickle.loads(pickle.dumps(copy.deepcopy(found)))
        pd.testing.assert_frame_equal(again.to_frame(), found.to_frame())


@pytest.mark.parametrize("name", ["emmeans", "lsmeans"])
def test_the_answer_for_emmeans_has_a_factor(name):
    with pytest.raises(
        UnknownNameError, match=r'of a factor, fit.means\("condition"\)'
    ):
        getattr(fits()["lm"], name)
