"""The playground: what it prints, reads, shows, saves, and takes from a link."""

import io
import json
import re
from contextlib import redirect_stdout
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from live_page import PAGE, STATE, say
from test_live import sleep

import mlm
from methods3 import explore
from methods3.live.bundle import page_script
from mlm.design.covariance import marginal_covariance


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A page with the playground alone."""
    path = tmp_path_factory.mktemp("play") / "page.html"
    path.write_text(PAGE.format(explore.playground().to_html(), page_script()), "utf-8")
    return path


@pytest.fixture
def shown(visit, page_file):
    with visit(page_file) as page:
        yield page


MODELS = {
    "means": "{y} ~ 1 + (1 | {g})",
    "intercepts": "{y} ~ {x} + (1 | {g})",
    "slopes": "{y} ~ {x} + ({x} | {g})",
}


@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
def test_playground_prints_what_mlm_prints(shown):
    sets = {
        "sleepstudy": (sleep(), ["Reaction", "Days", "Subject", "330"]),
        "radon": (mlm.load_radon(), ["log_radon", "floor", "county", "AITKIN"]),
    }
    for name, (data, (y, x, g, level)) in sets.items():
        for model, formula in MODELS.items():
            for reml in (True, False):
                chosen = {"y": y, "x": x, "group": g, "shown": level}
                say(shown, data=name, model=model, reml=reml, **chosen)
                fit = mlm.lmer(formula.format(y=y, x=x, g=g), data, reml=reml)
                assert shown.locator("pre").first.inner_text() == str(fit)


def test_complete_pooling_is_a_line_of_all(shown):
    """In radon it is not the line of the fixed effects."""
    say(shown, data="radon", y="log_radon", x="floor", group="county", model="slopes")
    line = mlm.lm("log_radon ~ floor", mlm.load_radon()).fixef
    path = shown.locator("[data-layer=complete] path")
    ends = path.evaluate("path => path.__data__")
    for x, y in ends:
        assert y == pytest.approx(line.iloc[0] + line.iloc[1] * x, rel=1e-9)


def test_playground_shows_the_matrices(shown):
    """X, Z, Λ and V of the first four people, against the design and the fit."""
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleep())
    first = {
        "X": fit.design.X[:40],
        "Z": fit.design.Z[:40, :8].toarray(),
        "Λ": fit.pls.Lambda[:8, :8].toarray(),
        "V": marginal_covariance(fit.design, fit.theta, fit.sigma)[:40, :40].toarray(),
    }
    drawn = shown.locator(".matrices figure").evaluate_all(
        """figures => figures.map(figure => [
          figure.innerText,
          [...figure.querySelectorAll(".cell")].map(cell => [
            cell.getAttribute("y"), cell.getAttribute("x"), cell.__data__.value]),
        ])"""
    )
    sizes = {"X": "180 × 2", "Z": "180 × 36", "Λ": "36 × 36", "V": "180 × 180"}
    for (name, matrix), (caption, cells) in zip(first.items(), drawn, strict=True):
        assert caption == f"{name}: {sizes[name]}"
        found = np.zeros(matrix.shape)
        for i, k, value in cells:
            found[int(i), int(k)] = value
        np.testing.assert_allclose(found, matrix, rtol=1e-6, atol=1e-9)


TABLE = "y,x,g\n1,0,a\n2,1,a\n3.5,2,a\n2,0,b\n4,1,b\n5,2,b\n3,0,c\n3,1,c\n4.5,2,c\n"
BAD_TABLES = {
    "   \n\n": "there is nothing in it",
    "sep=;\n": "there is nothing in it",
    "y": "one column only",
    "y x g\n1 2 a": "one column only",
    "y,x,g": "a first line, for the names of columns, and no other",
    "1,2,3\n4,5,6": "holds numbers; it should name the columns",
    "y,y,g\n1,2,a": "two columns are named “y”",
    "y,,g\n1,2,a": "column 2 has no name",
    "y,x,g\n1,2,a\n1,2": "row 2 has 2 cells, but the first line names 3",
    'y,x,g\n1,2,"a': "is opened and never closed",
    "PK\x03\x04": "a workbook (.xlsx)",
    "y,x\x00": "this is no text",
    "y,x,g\na,b,c\nd,e,f": "no column is all numbers",
    TABLE.replace("3.5", "3.5 ms"): "only column of numbers",
    TABLE.replace(",b", ",a").replace(",c", ",a"): "only one group",
    "y,x,g\n" + "\n".join(f"{i},{i % 3},g{i}" for i in range(9)): "cannot be told",
    TABLE.replace(",1,", ",0,").replace(",2,", ",0,"): "x is 0 in every row",
    re.sub(",[012],", ",5,", TABLE): "x is determined by (Intercept)",
    "y,x,g\n" + "1,2,a\n" * 20_001: "20001 rows: this page takes 20000",
    TABLE.replace("4.5", "1e999"): "“1e999” in row 9 is no number",
    TABLE.replace("3.5", "−3.5 %"): "y counts as words: “−3.5 %” in row 3 is no number",
    TABLE.replace("3.5", "1e308").replace("4.5", "-1e308"): "“1e308” in row 3",
    TABLE.replace(",", "\t").replace("4.5", "1,234"): "“1,234” in row 9 is no number",
    TABLE.replace("x", "a`b"): "a column cannot be called “a`b”",
    TABLE.replace("x", "(Intercept)"): "cannot be called “(Intercept)”",
}
GOOD_TABLES = {
    "commas": TABLE,
    "a byte order mark": "\ufeff" + TABLE,
    "Windows": TABLE.replace("\n", "\r\n"),
    "tabs": TABLE.replace(",", "\t"),
    "semicolons": TABLE.replace(",", ";"),
    "decimal commas and tabs": TABLE.replace(",", "\t").replace(".", ","),
    "decimal commas": TABLE.replace(",", ";").replace(".", ","),
    "quotes": re.sub(r"(^|,)([a-z])", r'\1"\2"', TABLE, flags=re.MULTILINE),
    "row names": "\n".join(
        f'"{i or ""}",{line}' for i, line in enumerate(TABLE.split("\n")[:-1])
    ),
    "Excel's first line": "sep=;\n" + TABLE.replace(",", ";"),
    "empty lines": TABLE + "\n\n,,\n",
}


def paste(shown, text):
    say(shown, data="own")
    # Typing it, as ``fill`` does, takes minutes where a table is long.
    shown.get_by_label("paste a table").evaluate(
        """(place, text) => {
          place.value = text;
          place.dispatchEvent(new Event("input"));
        }""",
        text,
    )
    return shown.locator(".words").inner_text()


def test_bad_tables_are_told_in_words(shown):
    for text, words in BAD_TABLES.items():
        said = paste(shown, text)
        assert said.startswith("No fit: "), text[:40]
        assert words in said, text[:40]
        assert shown.locator("pre").first.inner_text() == ""


def test_pasted_tables_are_fitted(shown):
    data = pd.read_csv(io.StringIO(TABLE))
    fit = mlm.lmer("y ~ x + (1 | g)", data)
    for name, text in GOOD_TABLES.items():
        paste(shown, text)
        say(shown, model="intercepts", y="y", x="x", group="g")
        assert shown.locator("pre").first.inner_text() == str(fit), name


def test_missing_cells_are_left_out_and_said(shown):
    paste(shown, TABLE.replace("3.5", "NA").replace("5,2,b", "5,,b"))
    say(shown, model="means")
    assert "1 rows with a missing cell" in shown.locator(".warning").inner_text()
    assert "Number of obs: 8" in shown.locator("pre").first.inner_text()
    say(shown, model="intercepts")
    assert "2 rows" in shown.locator(".warning").inner_text()
    assert "Number of obs: 7" in shown.locator("pre").first.inner_text()


def test_columns_spoiled_by_a_cell_are_told(shown):
    """They are not offered as numbers; of a column of words nothing is said."""
    paste(shown, "y,z,x,g\n1,1,0,a\n" + "2,3,1,a\n2,5%,2,b\n4,6,0,b\n5,8,1,c\n3,9,2,c")
    say(shown, model="means", group="g")
    said = shown.locator(".warning").inner_text()
    assert said == "z counts as words: “5%” in row 3 is no number."


def test_numbers_do_not_depend_on_a_name(shown):
    for name in ("2020", "0", "__proto__", "a b", "TRUE", "a\\b", "🐢"):
        data = pd.read_csv(io.StringIO(TABLE.replace("y,x,g", f"y,{name},g")))
        fit = mlm.lmer(f"y ~ `{name}` + (`{name}` | g)", data)
        paste(shown, TABLE.replace("y,x,g", f"y,{name},g"))
        said = say(shown, model="slopes", y="y", x=name, group="g")
        own = mlm.lm(f"y ~ `{name}`", data[:3]).fixef
        line = rf"own line ([\d.]+) \+ ([\d.]+) {re.escape(name)},"
        told = [float(number) for number in re.search(line, said).groups()]
        np.testing.assert_allclose(told, own, atol=0.0501)
        printed = shown.locator("pre").first.inner_text()
        ticked = f"`{name}`"
        plain = str(fit) if ticked in printed else str(fit).replace(ticked, name)
        assert printed == plain


def test_long_labels_stay_apart(shown):
    longer = re.sub(
        ",([abc])\n", lambda m: f",1234567890123456789{'abc'.index(m[1])}\n", TABLE
    )
    paste(shown, longer)
    say(shown, model="intercepts", y="y", x="x", group="g")
    assert "groups:  g, 3" in shown.locator("pre").first.inner_text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_files_are_read_as_they_were_written(shown, encoding):
    say(shown, data="own", model="intercepts")
    place = shown.get_by_label("or open a file")
    for _ in range(2):  # The same file once more, too.
        text = TABLE.replace(",g\n", ",gås\n")
        file = {"name": "a.csv", "mimeType": "", "buffer": text.encode(encoding)}
        place.set_input_files(file)
        shown.wait_for_function("document.querySelector('pre').textContent")
        assert "gås, 3" in shown.locator("pre").first.inner_text()
        place.evaluate("place => { place.click(); }")
        assert place.evaluate("place => place.files.length") == 0


def test_a_file_that_is_too_long_is_refused(shown, tmp_path):
    say(shown, data="own")
    file = tmp_path / "a.csv"
    file.write_bytes(b"y,x\n" + b"1,2\n" * 2_500_001)
    shown.get_by_label("or open a file").set_input_files(file)
    shown.wait_for_function(
        "document.querySelector('.words').textContent.includes('too long')"
    )


@pytest.mark.filterwarnings("ignore::mlm.MissingValuesWarning")
def test_what_is_saved_is_read_alike_by_all(shown, tmp_path):
    """A missing cell of words is missing in Python, in R, and here."""
    text = TABLE.replace(",c", ",").replace("3.5", "").replace(",", ";")
    paste(shown, text)
    say(shown, model="intercepts", y="y", x="x", group="g")
    printed = shown.locator("pre").first.inner_text()
    with shown.expect_download() as saving:
        shown.get_by_role("button", name="save these data").click()
    saving.value.save_as(tmp_path / "playground.csv")
    saved = (tmp_path / "playground.csv").read_text()
    offered = shown.get_by_label("group shown").locator("option")
    assert offered.all_inner_texts() == ["a", "b"]
    # R takes NA alone for a missing word.
    assert saved.splitlines()[-1] == "4.5,2,NA"
    data = pd.read_csv(tmp_path / "playground.csv")
    assert str(mlm.lmer("y ~ x + (1 | g)", data)) == printed
    assert (
        'pd.read_csv("playground.csv")'
        in shown.locator("details pre").first.text_content()
    )
    paste(shown, saved)
    say(shown, model="intercepts", y="y", x="x", group="g")
    assert shown.locator("pre").first.inner_text() == printed


def test_names_in_a_table_are_words_and_no_more(shown):
    nasty = "<img src=x onerror=alert(1)>"
    paste(shown, TABLE.replace("y,x,g", f"y,{nasty},g").replace(",a", f",{nasty}"))
    say(shown, model="slopes")
    assert shown.locator("img").count() == 0
    assert f"`{nasty}`" in shown.locator("pre").first.inner_text()
    assert nasty in shown.locator("select").nth(2).inner_text()


def test_code_of_the_playground_makes_its_fit(shown, tmp_path, monkeypatch):
    """Run what is to be copied, on the file that is saved."""
    monkeypatch.chdir(tmp_path)
    say(shown, gone=[3, 4], moved=[[0, 300.25]], model="intercepts", reml=False)
    with shown.expect_download() as saving:
        shown.get_by_role("button", name="save these data").click()
    saving.value.save_as(tmp_path / saving.value.suggested_filename)
    code = shown.locator("details pre").first.text_content()
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue().strip() == shown.locator("pre").first.inner_text()
    data = sleep()
    data.loc[0, "Reaction"] = 300.25
    fit = mlm.lmer(
        MODELS["intercepts"].format(y="Reaction", x="Days", g="Subject"),
        data.drop(index=[3, 4]),
        reml=False,
    )
    assert str(fit) == printed.getvalue().strip()


LINKS = [
    "#play=",
    "#play=%",
    "#play=null",
    "#play=[]",
    "#play={",
    "#play=1",
    '#play={"data":"own"}',
    '#play={"data":"__proto__"}',
    '#play={"y":3}',
    '#play={"model":"toString"}',
    '#play={"people":1e9}',
    '#play={"people":3.5}',
    '#play={"gone":[-1]}',
    '#play={"gone":[0.5]}',
    '#play={"moved":[[0,null]]}',
    '#play={"moved":[[0,1,2]]}',
    '#play={"__proto__":{"data":"radon"}}',
    '#play={"constructor":1}',
    '#play={"seed":0}',
    '#play={"reml":"yes"}',
    '#play={"shown":"' + "x" * 300 + '"}',
]


def opened(page, page_file, end):
    """State of the playground by an address with an end."""
    page.goto("about:blank")
    page.goto(page_file.as_uri() + end)
    return json.loads(page.evaluate(STATE))


def followed(page, end):
    """State of the playground when the address has got another end."""
    page.evaluate(
        """end => new Promise(followed => {
          addEventListener("hashchange", () => followed(), { once: true });
          location.hash = end;
        })""",
        end,
    )
    return json.loads(page.evaluate(STATE))


def test_a_link_brings_the_state_back(shown, page_file):
    page = shown
    usual = opened(page, page_file, "")
    say(
        page,
        data="radon",
        y="log_radon",
        x="floor",
        group="county",
        shown="ANOKA",
        model="intercepts",
        reml=False,
        gone=[1, 7],
        moved=[[i, i / 900] for i in range(9, 919)],  # all the others
    )
    words = page.locator(".words").inner_text()
    page.get_by_role("button", name="into the address").click()
    end = page.evaluate("location.hash")
    told = json.loads(page.evaluate(STATE))
    assert opened(page, page_file, end) == told != usual
    assert page.locator(".words").inner_text() == words
    refused = page.locator(".warning", has_text="none of this page's")
    assert opened(page, page_file, LINKS[0]) == usual
    assert refused.count() == 1
    assert opened(page, page_file, "#another-heading") == usual
    assert refused.count() == 0
    # Links that are followed on the page itself: each is read as one it is opened by.
    for link in LINKS:
        assert followed(page, link) == usual, link
        assert refused.count() == 1, link
    assert followed(page, end) == told
    assert page.locator(".words").inner_text() == words
    nasty = json.dumps({"shown": "<img src=x onerror=alert(1)>", "y": "__proto__"})
    opened(page, page_file, "#play=" + quote(nasty))
    assert page.locator("img").count() == 0
