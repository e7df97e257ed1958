"""Feedback to wrong answers: what is said is certain, or says what to look at."""

import sys
import tomllib

import numpy as np
import pytest
from conftest import ROOT, WEEKLY
from scipy import stats

import mlm
from methods3.check import QUESTIONS, fits
from methods3.check.combined import combined
from methods3.check.compare import agree, read, shortened
from methods3.check.diagnose import ML, diagnosis
from methods3.check.places import misread
from methods3.check.questions import Question
from methods3.check.routes import wrong_steps
from methods3.check.slips import CLOSE, asked_for, disguised, nearly, plural
from mlm.replicates.proportions import proportion_interval

each_question = pytest.mark.parametrize("name", QUESTIONS)
UNKNOWN = "That is another"
GUESSES = ("guess", "invented", "odd", "wild")


def listed(file):
    """Rows of a table of wrong answers: question, answer, slip, words."""
    text = ROOT.joinpath("tests/course", file).read_text("utf-8")
    table = tomllib.loads(text)
    return [(key.split()[-1], *row) for key, rows in table.items() for row in rows]


ROWS, BLIND = listed("plausible_wrong.toml"), listed("plausible_blind.toml")
# Questions with a way that can be retraced.
RETRACED = [name for name, question in QUESTIONS.items() if question.route]
# Two or three numbers each, which a shift or a factor nearly explains.
ASSIGNED = ("A1.1d", "A1.2a", "A1.3b", "A1.3d", "A1.3f", "A1.3g")
# General slips that are a question's listed mistake, too: both messages hold.
BOTH = {
    "off by the same amount": {"1.2a", "2.2c", "2.12d", "A2.2e", "A2.3a", *ASSIGNED},
    "off by the same factor": {
        *("1.2b", "1.2c", "1.3f", "2.5d", "2.6c", "2.9f", "2.11b", "2.12a", *ASSIGNED),
        *("3.5d", "A2.2b", "A2.2e", "A2.3e"),
    },
    "add up to one": {"2.1f", "2.4a", "2.7b", "2.8e", "2.8f", "3.1a", "3.1f"},
    "factor −2": {"1.5a", "1.5d", "2.9c", "2.9d"},
    "sign is not": {"1.5d", "2.5a", "2.5e", "2.6d", "2.9a"},
    "decimal point": {"1.6b", "1.6c", "1.5e", "1.5f", "2.10f"},
    "is the square": {"2.4f"},
}


def known(name):
    """Names that a row of the table may use: its question's module, and data."""
    module = sys.modules[QUESTIONS[name].answer.__module__]
    data = {key: getattr(mlm, key) for key in dir(mlm) if key.startswith("load_")}
    also = {"np": np, "stats": stats, "proportion_interval": proportion_interval}
    also |= {"lm": mlm.lm, "lmer": mlm.lmer}
    return vars(fits) | data | also | vars(module)


@pytest.mark.parametrize(("name", "answer", "slip", "words"), [*ROWS, *BLIND])
@pytest.mark.one_in(3)
def test_plausible_wrong_answer_is_understood(name, answer, slip, words):
    said = diagnosis(QUESTIONS[name], eval(answer, known(name)))
    assert words in said, slip


@pytest.mark.parametrize("rows", [ROWS, BLIND])
def test_few_plausible_wrong_answers_are_only_another_number(rows):
    """By the words that the test above finds in what is said."""
    assert len(rows) >= 150
    # A guess comes from nowhere: there is no mistake to name.
    rows = [row for row in rows if row[-2].removeprefix("a ") not in GUESSES]
    unknown = [row for row in rows if row[-1].startswith(UNKNOWN)]
    assert len(unknown) <= 0.1 * len(rows)


@pytest.mark.parametrize("name", RETRACED)
def test_a_route_leads_to_the_answer(name):
    question = QUESTIONS[name]
    wanted = read(question.answer())
    found = read(question.route.compute(**question.route.values), wanted)
    assert agree(found, wanted, question.precision, question.within)


def test_numbers_at_random_have_no_cause():
    """Of numbers that nobody means, hardly any is what some step leads to by chance."""
    rng = np.random.default_rng(7)
    each, tried, blamed = 8 if WEEKLY else 2, 0, 0
    for name in RETRACED:
        question = QUESTIONS[name]
        wanted = read(question.answer())
        if wanted.ndim or question.exact:
            continue
        for given in wanted * np.exp(rng.uniform(-1, 1, each)):
            tried += 1
            with np.errstate(all="ignore"):
                blamed += any(
                    said
                    for explain in (wrong_steps, misread, combined)
                    for said in explain(np.asarray(given), wanted, question)
                )
    assert tried > 30 * each
    assert blamed <= 0.01 * tried


def test_fits_by_ml_are_told_of_whatever_question():
    """By a message of the question's own, or by the one that holds for all."""
    told = {}
    for name, question in QUESTIONS.items():
        wanted = read(question.answer())
        if question.judge or wanted.dtype.kind != "f":
            continue
        with fits.by_ml():
            given = read(question.answer(), wanted)
        if not agree(given, wanted, question.precision, question.within):
            told[name] = diagnosis(question, given)
            assert diagnosis(question, wanted) == "", "what is kept is by REML"
    own = {name: {m.message for m in QUESTIONS[name].mistakes} for name in told}
    assert all(said == ML or said in own[name] for name, said in told.items())
    assert sum(said == ML for said in told.values()) > 20


def numbers(question):
    """Numeric mistakes of a question, in the form of its answer where they have it."""
    wanted = read(question.answer())
    found = [(read(m.answer(), wanted), m.message) for m in question.mistakes]
    return wanted, [(x, said) for x, said in found if x is not None]


@each_question
def test_no_number_is_two_mistakes(name):
    """Two ways to one number have one message, which holds for both."""
    question = QUESTIONS[name]
    _, mistakes = numbers(question)
    for k, (one, said) in enumerate(mistakes):
        for other, also in mistakes[k + 1 :]:
            digits, within = question.precision, question.within
            same = agree(one, other, digits, within) or agree(other, one, digits)
            assert not same or said == also, (said, also)


@each_question
def test_mistakes_are_not_right(name):
    question = QUESTIONS[name]
    wanted, mistakes = numbers(question)
    for wrong, said in mistakes:
        assert not agree(wrong, wanted, question.precision, question.within), said
        if not question.exact and shortened(wrong, wanted, question.digits):
            assert "digits" in said  # it may be the answer, rounded


@each_question
def test_a_general_slip_that_is_a_mistake_is_known_to_be_both(name):
    """Otherwise one number has two causes, and a message would name one of them."""
    question = QUESTIONS[name]
    wanted, mistakes = numbers(question)
    declared = [words for words, names in BOTH.items() if name in names]
    for wrong, own in mistakes:
        if wanted.dtype.kind != "f" or wrong.shape != wanted.shape:
            continue
        with np.errstate(all="ignore"):
            found = {*disguised(wrong, wanted, question)}
            found |= {*nearly(wrong, wanted, question)} - {CLOSE}
        for said in found:
            assert any(words in said for words in declared), (own, said)


@pytest.mark.parametrize(
    ("kind", "right", "given", "words"),
    [
        ("probability", 0.75, 3, "Those are the odds."),
        ("share", 0.75, 1 / 3, "odds of the other outcome"),
        ("probability", 0.75, 1.0986, "Those are the log-odds. "),
        ("probability", 0.75, 0.6792, "inverted once too often"),
        ("probability", 0.75, 0.8640, "which belongs to a probit"),
        ("share", 0.9772, 0.8808, "came back from a probit by the inverse logit"),
        ("probability", [0.2, 0.7], [0.3, 0.8], "taken from the other end"),
        ("odds ratio", 1.364, 36.4, "how much more than one"),
        ("rate ratio", 0.621, 1.610, "upside down"),
        ("step of log-odds", -1.114, 0.3282, "That is the odds ratio"),
    ],
)
def test_the_right_number_on_another_scale_is_known(kind, right, given, words):
    question = Question(lambda: right, kind=kind)
    assert words in diagnosis(question, given)


@each_question
def test_last_resort_says_the_kind_and_not_the_number(name):
    question = QUESTIONS[name]
    wanted = read(question.answer())
    if wanted.dtype.kind != "f":
        return
    said = asked_for(wanted, question)
    kind = plural(question.kind) if wanted.ndim else question.kind
    assert kind in said
    assert question.unit in said
    if not wanted.ndim:
        low, high = (
            float(x.replace("−", "-"))
            for x in said.removesuffix(".").rpartition("between ")[2].split(" and ")
        )
        assert low <= wanted <= high
        assert high - low >= 1
