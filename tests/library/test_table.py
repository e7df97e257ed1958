"""Fits side by side: rows, rounding and notes, and every form read back."""

import csv
import importlib.util
import io
import re
import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_glmer import data_of

import mlm
from mlm.ground import markup
from mlm.results import cells

SLEEP = mlm.load_sleepstudy()
HOSTILE = ("a_b%", "<script>", "x|y", "ünïcode β²", "--~^$#&{}", "[1]`")


@cache
def fits():
    return {
        "line": mlm.lm("Reaction ~ Days", SLEEP),
        "intercepts": mlm.lmer("Reaction ~ Days + (1 | Subject)", SLEEP),
        "slopes": mlm.lmer(
            "Reaction ~ Days + I(Days**2) + (Days | Subject)", SLEEP, reml=False
        ),
        "slow": mlm.glmer("Reaction > 300 ~ Days + (1 | Subject)", SLEEP, "binomial"),
    }


@cache
def hostile():
    """Two fits whose names, of columns and of fits, are markup everywhere."""
    rng = np.random.default_rng(1)
    names = [name.replace("`", "") for name in HOSTILE]
    data = pd.DataFrame(rng.normal(size=(120, 6)), columns=names)
    data["g|_%"] = np.repeat(list("abcdefghijkl"), 10)
    effect = dict(zip(data["g|_%"].unique(), rng.normal(size=12), strict=True))
    data["y"] = data["a_b%"] + data["g|_%"].map(effect) + rng.normal(size=120)
    sides = ["`a_b%` + `<script>` + `x|y` + `ünïcode β²`", "`[1]` + `--~^$#&{}`"]
    made = [mlm.lmer(f"y ~ {side} + (1 | `g|_%`)", data) for side in sides]
    return mlm.table(made, names=["<b>A_1</b> & | \\n", '=1+1, "x"\ny'])


def rows(table, part="Fixed effects"):
    """Cells by their labels."""
    return {label: found for label, *found in table.parts[part]}


# ---- Rows and cells. ----


def test_effects_have_a_row_each_in_the_order_of_first_appearance():
    table = mlm.table([fits()["line"], fits()["slopes"], fits()["intercepts"]])
    assert table.names == ["Model 1", "Model 2", "Model 3"]
    # By R: summary(lm(Reaction ~ Days)), and lmerTest's of the other two.
    assert rows(table) == {
        "(Intercept)": ["251.4 (6.6)", "255.4 (7.3)", "251.4 (9.7)"],
        "Days": ["10.5 (1.2)", "7.4 (2.8)", "10.47 (0.80)"],
        "I(Days ** 2)": ["", "0.34 (0.26)", ""],
    }
    assert rows(table, "Random effects") == {
        "Subject: SD (Intercept)": ["", "23.8", "37.1"],
        "Subject: SD Days": ["", "5.72", ""],
        "Subject: cor Days, (Intercept)": ["", "0.08", ""],
        "Residual SD": ["47.7", "25.4", "31.0"],
    }


def test_the_foot_tells_restricted_likelihoods_apart():
    table = mlm.table(fits())
    foot = rows(table, "Fit")
    assert list(foot) == [
        *("Observations", "Groups: Subject", "Log-likelihood"),
        *("Log-likelihood (REML)", "AIC", "BIC", "R² marginal", "R² conditional"),
    ]
    # By R: logLik, AIC and BIC, and R² by Nakagawa and Schielzeth's formula.
    assert foot["Observations"] == ["180"] * 4
    assert foot["Groups: Subject"] == ["", "18", "18", "18"]
    assert foot["Log-likelihood"] == ["-950.1", "", "-875.1", "-87.2"]
    assert foot["Log-likelihood (REML)"] == ["", "-893.2", "", ""]
    assert foot["AIC"][:2] == ["1906.3", "1794.5"]
    assert foot["BIC"][:2] == ["1915.9", "1807.2"]
    assert foot["R² marginal"][:2] == ["", "0.280"]
    assert foot["R² conditional"][:2] == ["", "0.704"]


@pytest.mark.parametrize("show", ["se", "interval", "p"])
def test_cells_are_what_tidy_says(show):
    table = mlm.table(fits(), show=show)
    for column, fit in enumerate(fits().values()):
        tidy = fit.tidy().set_index("term").loc[fit.fixef.index]
        for term, row in tidy.iterrows():
            texts = rows(table)[term][column]
            found = [float(text) for text in re.findall(r"-?[\d.]+", texts)]
            half = 0.5 * 10.0 ** (np.floor(np.log10(row["std_error"])) - 1)
            known = {
                "se": [row["estimate"], row["std_error"]],
                "interval": [row["estimate"], row["conf_low"], row["conf_high"]],
                "p": [row["estimate"]],
            }[show]
            np.testing.assert_allclose(found[: len(known)], known, atol=half * 1.001)
            if show == "p":
                small = row["p_value"] < 0.001
                assert found[1] == (0.001 if small else round(row["p_value"], 3))
                assert ("p < " in texts) == small


def test_intervals_and_p_values_are_those_of_r():
    # confint of lm; estimate ± qt(0.975, df) se and p values of lmerTest.
    line, intercepts, slopes = (fits()[k] for k in ("line", "intercepts", "slopes"))
    ends = rows(mlm.table([line, intercepts], show="interval"))
    assert ends["(Intercept)"] == ["251.4 [238.4, 264.4]", "251.4 [231.2, 271.6]"]
    assert ends["Days"] == ["10.5 [8.0, 12.9]", "10.47 [8.88, 12.06]"]
    p = rows(mlm.table(slopes, show="p"))
    assert p["(Intercept)"] == ["255.4 (p < 0.001)"]
    assert p["Days"] == ["7.4 (p = 0.009)"]
    assert p["I(Days ** 2)"] == ["0.34 (p = 0.199)"]


def test_ratios_have_the_interval_of_the_coefficient():
    table = mlm.table(fits()["slow"], exponentiate=True)
    # By R: exp(c(b, b - 1.96 se, b + 1.96 se)), with lme4's b = 0.5851, se = 0.0978.
    assert rows(table)["Days"] == ["1.80 [1.48, 2.18]"]
    assert rows(table, "Random effects") == {"Subject: SD (Intercept)": ["1.74"]}
    assert "odds ratios" in table.notes[0]
    counts = data_of("grouseticks")
    fit = mlm.glm("TICKS ~ YEAR", counts, "poisson")
    shown = mlm.table(fit, show="p", exponentiate=True)
    assert (
        "exp(estimate) (p value); normal quantiles; ratios of means" in shown.notes[0]
    )
    ratio = float(rows(shown)["YEAR96"][0].split()[0])
    assert ratio == pytest.approx(np.exp(fit.fixef["YEAR96"]), abs=0.005)


@pytest.mark.parametrize(
    ("estimate", "error", "words"),
    [
        (251.4051, 6.8246, "251.4 (6.8)"),
        (10.46729, 1.54579, "10.5 (1.5)"),
        (1.0, 0.96, "1.00 (0.96)"),
        (0.5, 0.0996, "0.50 (0.10)"),  # the second digit is that after rounding
        (-0.0001, 0.21, "0.00 (0.21)"),
        (1234.5, 345.6, "1234 (346)"),
        (0.00001234, 0.0000021, "1.23e-05 (2.1e-06)"),
        (0.0, 2e-8, "0 (2.0e-08)"),
        (-23456789.0, 1234.0, "-2.34568e+07 (1.2e+03)"),
        (3.14159, np.nan, "3.14"),
        (3.14159, 0.0, "3.14"),
        (np.nan, np.nan, "–"),
    ],
)
def test_decimals_follow_the_standard_error(estimate, error, words):
    row = SimpleNamespace(
        estimate=estimate, std_error=error, conf_low=0, conf_high=0, p_value=np.nan
    )
    assert cells.fixed_cell(row, "se", False) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (24.7402, "24.7"),
        (0.09996, "0.100"),
        (0.0123456, "0.0123"),
        (1234.5678, "1235"),
        (0.0, "0"),
        (1.02e-9, "1.02e-09"),
        (np.inf, "∞"),
        (-np.inf, "-∞"),
    ],
)
def test_numbers_alone_have_three_digits(value, words):
    assert cells.alone(value) == words


def test_a_ratio_without_end_is_shown_as_such():
    row = SimpleNamespace(
        estimate=30.0, std_error=900.0, conf_low=-1734.0, conf_high=1794.0, p_value=0.97
    )
    with np.errstate(all="raise", under="ignore"):
        shown = cells.fixed_cell(row, "interval", True)
    assert shown.endswith(", ∞]")
    assert "nan" not in shown


@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
def test_a_singular_fit_says_so():
    data = mlm.load_dyestuff2()
    data = data.assign(x=np.tile(np.arange(5.0), 6))
    singular = mlm.lmer("Yield ~ 1 + (x | Batch)", data)
    assert singular.is_singular
    table = mlm.table({"flat": singular, "line": mlm.lm("Yield ~ x", data)})
    assert "Singular fit: flat." in table.notes
    zero = mlm.table(mlm.lmer("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff2()))
    assert rows(zero, "Random effects")["Batch: SD (Intercept)"] == ["0"]
    assert "Singular fit: Model 1." in zero.notes


def test_a_correlation_with_nothing_is_not_defined():
    fit = fits()["slopes"]
    random, labels = cells._random(fit.design.terms, [24.7, np.nan, 0.0, 25.6])
    shown = {labels[key]: cell for key, cell in random.items()}
    assert shown["Subject: cor Days, (Intercept)"] == "–"
    assert shown["Subject: SD Days"] == "0"


@pytest.mark.slow
def test_models_without_fixed_effects_or_intercept():
    bare = mlm.lmer("Reaction ~ 0 + (Days | Subject)", SLEEP)
    slope = mlm.lm("Reaction ~ 0 + Days", SLEEP)
    alone = mlm.table(bare, show="p")
    assert list(alone.parts) == ["Random effects", "Fit"]
    assert "nan" not in repr(alone).lower()
    table = mlm.table([bare, slope], show="interval")
    assert list(rows(table)) == ["Days"]
    assert rows(table)["Days"][0] == ""
    assert "in Model 2" in table.notes[0]


def test_one_correlation_has_one_row_whichever_effect_is_first():
    data = SLEEP.assign(one=1.0)
    made = [
        mlm.lmer(f"Reaction ~ Days + ({effects} | Subject)", data)
        for effects in ("0 + one + Days", "0 + Days + one")
    ]
    random = rows(mlm.table(made), "Random effects")
    assert random["Subject: cor Days, one"] == ["0.07", "0.07"]
    assert len(random) == 4


def test_groups_stay_together():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"g": np.repeat(np.arange(20), 30), "h": np.arange(600) % 15})
    data["x"] = rng.normal(size=600)
    by_g, by_h = rng.normal(size=(2, 20)), rng.normal(size=15)
    data["y"] = by_g[0][data["g"]] + by_g[1][data["g"]] * data["x"]
    data["y"] += by_h[data["h"]] + rng.normal(size=600)
    one = mlm.lmer("y ~ x + (1 | h)", data)
    two = mlm.lmer("y ~ x + (x | g) + (1 | h)", data)
    assert list(rows(mlm.table([two, one]), "Random effects")) == [
        *("g: SD (Intercept)", "g: SD x", "g: cor x, (Intercept)"),
        *("h: SD (Intercept)", "Residual SD"),
    ]
    table = mlm.table([one, two])
    assert next(iter(rows(table, "Random effects"))) == "h: SD (Intercept)"
    assert rows(table, "Fit")["Groups: g"] == ["", "20"]
    assert list(rows(table, "Fit"))[:3] == ["Observations", "Groups: h", "Groups: g"]


# ---- Notes. ----


def notes(*made, **given):
    return " ".join(mlm.table(list(made), **given).notes)


def test_notes_say_which_degrees_of_freedom():
    line, intercepts, slopes, slow = fits().values()
    assert "t with residual degrees of freedom." in notes(line, show="p")
    said = notes(line, intercepts, slopes, slow, show="interval")
    assert "t with residual degrees of freedom in Model 1;" in said
    assert "t with Satterthwaite's degrees of freedom in Model 2, Model 3;" in said
    assert "normal quantiles in Model 4." in said
    assert "degrees" not in notes(line, intercepts)


def test_notes_say_what_does_not_compare():
    line, intercepts, slopes, slow = fits().values()
    assert "compare" not in notes(line, slopes)
    assert "compare" not in notes(intercepts)
    assert "REML fits with the same fixed effects" in notes(line, intercepts)
    fewer = mlm.lm("Reaction ~ Days", SLEEP[:100])
    assert "100 observations instead of 180 in Model 2;" in notes(line, fewer)
    assert "Other data than Model 1: different responses in Model 2" in notes(
        line, slow
    )
    other = mlm.lm("Reaction ~ Days", SLEEP[80:])
    assert "different rows in Model 2" in notes(fewer, other)


def test_notes_say_family_and_link():
    line, slow = fits()["line"], fits()["slow"]
    assert "binomial (logit); coefficients on the scale of the link" in notes(slow)
    assert "(and link): binomial (logit) in Model 2;" in notes(line, slow)
    assert notes(line) == "Fixed effects: estimate (standard error)."


def test_a_fit_that_did_not_converge_is_named():
    data = pd.DataFrame({"x": np.arange(8.0), "y": np.arange(8) > 3})
    with pytest.warns(mlm.SeparationWarning):
        fit = mlm.glm("y ~ x", data, "binomial")
    assert "Not converged: Model 1." in notes(fit)


# ---- Forms. ----


class Cells(HTMLParser):
    """Rows of cells of an HTML table, with the scopes of its headers."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.scopes, self.caption, self.tags = [], [], "", []
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._open = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.scopes.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open in ("td", "th"):
            self.rows[-1][-1] += data
        if self._open == "caption":
            self.caption += data


def expected(table):
    """Rows of every form: heads, headings of parts, cells."""
    lines = [["", *table.names]]
    for title, part in table.parts.items():
        lines += [[title], *part]
    return lines


TABLES = {"plain": lambda: mlm.table(fits(), show="p"), "hostile": hostile}


@pytest.mark.parametrize("which", TABLES)
def test_html_reads_back(which):
    table = TABLES[which]()
    read = Cells(table.to_html())
    assert read.rows == [*expected(table), *([note] for note in table.notes)]
    assert read.caption == table.caption
    allowed = {"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"}
    assert set(read.tags) == allowed
    size = sum(map(len, table.parts.values()))
    assert read.scopes.count("col") == len(table.names)
    assert read.scopes.count("row") == size
    assert read.scopes.count("rowgroup") == len(table.parts)
    assert table._repr_html_() == table.to_html()


@pytest.mark.parametrize("which", TABLES)
def test_csv_reads_back(which):
    table = TABLES[which]()
    read = list(csv.reader(io.StringIO(table.to_csv())))
    assert read[0] == ["part", "row", *table.names]
    assert read[1:] == [
        [title, *row] for title, part in table.parts.items() for row in part
    ]
    frame = table.to_frame()
    assert frame.reset_index().to_numpy().tolist() == read[1:]
    assert frame.columns.tolist() == table.names
    assert frame.index.names == ["part", "row"]


def markdown_cells(line):
    """Cells of a row of Markdown, without its escapes."""
    found = re.split(r"(?<!\\)(?:\\\\)*\|", line.strip())[1:-1]
    plain = [re.sub(r"\\([\\`*_<>|~$])", r"\1", cell.strip()) for cell in found]
    return [cell.replace("&amp;", "&") for cell in plain]


@pytest.mark.parametrize("which", TABLES)
def test_markdown_reads_back(which):
    table = TABLES[which]()
    lines = [line for line in table.to_markdown().splitlines() if line[:1] == "|"]
    assert len({len(line) for line in lines}) == 1
    assert set(lines[1]) == set("|-: ")
    found = [markdown_cells(line) for line in (lines[0], *lines[2:])]
    width = len(table.names) + 1
    known = [
        [f"**{line[0]}**", *[""] * (width - 1)] if len(line) == 1 else line
        for line in expected(table)
    ]
    assert found == known
    assert re.search(r"(?<!\\)<", table.to_markdown()) is None


def test_text_is_laid_out_as_other_print_outs():
    lines = repr(mlm.table(fits()["intercepts"], names=["A"])).splitlines()
    assert lines[:6] == [
        "Models of Reaction",
        "",
        "                                     A",
        "Fixed effects",
        "  (Intercept)              251.4 (9.7)",
        "  Days                    10.47 (0.80)",
    ]
    assert lines[-3:] == [
        "",
        "Fixed effects: estimate (standard error).",
        "Random effects: SD, standard deviation; cor, correlation.",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a_b% & #1 {x} $", r"a\_b\% \& \#1 \{x\} \$"),
        (r"\~^", r"\textbackslash{}\textasciitilde{}\textasciicircum{}"),
        ("<x|y>`", r"\textless{}x\textbar{}y\textgreater{}\textasciigrave{}"),
        ("-0.3 [-1, -.2] a-1", "$-$0.3 [$-$1, $-$.2] a-1"),
        ("a---b", "a-{}-{}-b"),
        ("ünï β λ ς Ω Α R² x₁ µ", r"ünï $\beta$ $\lambda$ $\varsigma$ $\Omega$ A "
         r"R$^{2}$ x$_{1}$ $\mu$"),
        ("1.2e-07", r"1.2$\times$10$^{-7}$"),
        ("[1]", "{[}1]"),
        ("*a", "{*}a"),
        ("", ""),
    ],
)  # fmt: skip
def test_latex_is_escaped(text, found):
    assert markup.latex(text) == found


def test_latex_has_all_cells():
    table = hostile()
    lines = [line for line in table.to_latex().splitlines() if line.endswith(r"\\")]
    found = [re.split(r"(?<!\\)&", line.removesuffix(r"\\")) for line in lines]
    widths = [len(row) for row in found if "multicolumn" not in row[0]]
    assert widths == [3] * (1 + sum(map(len, table.parts.values())))


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_latex_compiles(tmp_path):
    table = "\n".join([hostile().to_latex(), mlm.table(fits()).to_latex()])
    tex = (
        "\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n"
        "\\usepackage{booktabs}\n\\begin{document}\n"
        f"{table}\n\\end{{document}}\n"
    )
    tmp_path.joinpath("t.tex").write_text(tex, "utf-8")
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]


def test_without_great_tables_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "great_tables", None)
    with pytest.raises(mlm.DataError, match="pip install great-tables"):
        hostile().to_great_tables()


@pytest.mark.skipif(
    not importlib.util.find_spec("great_tables"), reason="great_tables is not installed"
)
def test_great_tables_show_every_cell():
    table = hostile()
    html = table.to_great_tables().as_raw_html()
    assert "<script>" not in html
    assert "<b>A" not in html
    read = Cells(html[html.index("<table") :])
    shown = [[cell.strip() for cell in row] for row in read.rows]
    for part in table.parts.values():
        assert all(row in shown for row in part)


# ---- What is passed. ----


def test_names_of_columns():
    line, slow = fits()["line"], fits()["slow"]
    assert mlm.table(line).names == ["Model 1"]
    assert mlm.table((line, slow), names=("A", "B")).names == ["A", "B"]
    assert mlm.table({"A": line}).names == ["A"]
    assert mlm.table(line, caption="Mine").caption == "Mine"
    assert mlm.table([line, slow]).caption == "Models of Reaction and Reaction > 300"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fits": []}, "fits is a fit, or a list or dict of one or more"),
        ({"fits": {}}, "fits is a fit, or a list or dict of one or more"),
        ({"fits": [fits, 3]}, "model 1 of the table's fits is a fit"),
        ({"names": ["A"]}, "1 names for 2 fits"),
        ({"names": ["A", "A"]}, "names are different, and 'A' is there twice"),
        ({"names": ["A", "row"]}, "'row' is there twice"),
        ({"names": ["A", " "]}, "each of names is some text"),
        ({"names": "AB"}, "names is a list of text"),
        ({"exponentiate": True}, "'one' is identity"),
        ({"exponentiate": True, "show": "se"}, "'interval' or 'p'"),
        ({"show": "t"}, "show is 'se', 'interval', 'p' or None"),
    ],
)
def test_what_is_wrong_is_named(given, words):
    known = {"fits": [fits()["line"], fits()["slow"]]}
    if "exponentiate" in given:
        known["names"] = ["one", "two"]
    with pytest.raises(mlm.DataError, match=words):
        mlm.table(**known | given)
    with pytest.raises(mlm.DataError, match="left out where fits is a dict"):
        mlm.table(fits(), names=["A", "B", "C", "D"])
