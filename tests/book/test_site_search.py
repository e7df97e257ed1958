"""The site's search finds the names that people bring from R, and their Python."""

import json
import re
import tomllib

import pytest
from conftest import ROOT
from sphinx.search.en import SearchEnglish
from test_book import SITE

DICTIONARY = "pages/dictionary_models"
NAMES = tomllib.loads(ROOT.joinpath("mlm/ground/names.toml").read_text("utf-8"))
# Names that are one word, as somebody types into the box.
TYPED = sorted(
    {
        name
        for row in NAMES["names"]
        for name in row["typed"]
        if re.fullmatch(r"[^\W_]{3,}", name)
    }
)
SOUGHT = ["ICC", "isSingular", "VarCorr", "bootMer", "getME", "logLik"]


@pytest.fixture(scope="module")
def found():
    """Pages that the search offers for a word: its index, asked as its script does."""
    text = SITE.joinpath("searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip(";\n)"))
    language = SearchEnglish({})

    def pages(word):
        stem, numbers = language.stem(word.lower()), set()
        for place in ("terms", "titleterms"):
            listed = index[place].get(stem, [])
            numbers.update(listed if isinstance(listed, list) else [listed])
        return {index["docnames"][number] for number in numbers}

    return pages


@pytest.mark.parametrize("word", [*SOUGHT, *TYPED])
def test_search_leads_to_the_dictionary(word, found):
    assert DICTIONARY in found(word)


def test_search_has_no_page_for_a_word_that_nobody_wrote(found):
    assert found("nobodywrotethis") == set()


def test_dictionary_says_the_python_beside_the_name():
    page = SITE.joinpath(f"{DICTIONARY}.html").read_text("utf-8")
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th> <td>([^<]*)', page))
    assert rows["isSingular, singular"] == "fit.is_singular"
