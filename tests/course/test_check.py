"""The checker of exercises: it takes the right answers, and says what others lack."""

import re
import socket
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import methods3.check
import mlm
from methods3.check import QUESTIONS, Verdict, check, progress
from methods3.check.compare import read
from methods3.check.diagnose import diagnosis
from methods3.check.questions import Mistake, Question
from mlm.ground.errors import DataError

each_question = pytest.mark.parametrize("name", QUESTIONS)


def number(value, **options):
    """Make a question whose answer is known here."""
    return Question(lambda: value, **options)


SIGMA = number(25.5918, unit="ms", kind="standard deviation")
VARIANCE = number(654.94, unit="ms²", kind="variance")
LOGLIK = number(25.5918, kind="log-likelihood")
SHARE = number(0.2375, kind="share")
PEOPLE = number(18, exact=True, kind="number of people")
TABLE = number(np.array([[1.5, 2.25], [3.125, 4.75], [0, 1.25]]))
EFFECTS = number(pd.Series([2.2586, -40.3986, -38.9604, 23.6905]))
CODES = number([[1, 0], [1, 1], [1, 2]], exact=True)
METHOD = number("REML")
NAMES = number(["Days", "Subject", "Item"])
CHOSEN = number([2, 5, 6], exact=True, unordered=True, kind="sentence")
LABELS = number(["Days", "Subject"], unordered=True)
YES = number(True)
SIMULATED = number([12.2, 0.5], within=0.02)


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    """Whatever is checked, is checked without a network."""
    monkeypatch.setattr(socket.socket, "connect", None)


@pytest.fixture
def fresh(monkeypatch):
    """A kernel that has just been started, with two questions on one lecture."""
    monkeypatch.setattr(methods3.check, "_tries", {})
    known = {"0.1a": SIGMA, "0.1b": METHOD, "0.2a": PEOPLE}
    monkeypatch.setattr(methods3.check, "QUESTIONS", known)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (SIGMA, 25.59),
        (SIGMA, 25.592),
        (SIGMA, np.float32(25.5918)),
        (SIGMA, [[25.5918]]),
        (PEOPLE, 18.0),
        (TABLE, [[1.5, 2.25], [3.125, 4.75], [0, 1.25]]),
        (TABLE, sparse.csc_array([[1.5, 2.25], [3.125, 4.75], [1e-9, 1.25]])),
        (EFFECTS, (2.259, -40.40, -38.96, 23.69)),
        (CODES, pd.DataFrame({"a": [True, True, True], "b": [0, 1, 2]})),
        (number([1, 0], exact=True), [True, False]),
        (METHOD, " reml "),
        (NAMES, pd.Series(["Days", "Subject", "Item"])),
        (NAMES, "Days, Subject, Item"),
        (NAMES, {"first": "Days", "second": "Subject", "third": "Item"}),
        (LABELS, ["Subject", "Days"]),
        (LABELS, {"Subject", "Days"}),
        (LABELS, pd.Index(["Subject", "Days"])),
        (LABELS, "['Subject', 'Days']"),
        (CHOSEN, {6, 2, 5}),
        (CHOSEN, np.array([5, 6, 2])),
        (YES, np.bool_(True)),
        (number(0.0), 1e-9),
        (SIMULATED, [12.2, 0.481]),
    ],
)
def test_right_answers_are_accepted(question, answer):
    assert diagnosis(question, answer) == ""


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        (SIGMA, 25.6, "too few digits: give 4 significant ones"),
        (SIGMA, 25.5, "too few digits"),
        (SIGMA, 26, "too few digits"),
        (SIGMA, 25.61, "Close, but another number"),
        (SIGMA, 25.45, "Close, but another number"),
        (
            SIGMA,
            30,
            "Asked for is a standard deviation in ms, between 10 and 100. Which",
        ),
        (SIGMA, -25.59, "the sign is not"),
        (SIGMA, 0.02559, "unit is not: the answer is in ms"),
        (SIGMA, 25592, "unit is not: the answer is in ms"),
        (SIGMA, 654.9, "the square: a variance"),
        (SIGMA, 5.059, "That is another number"),
        (VARIANCE, 25.59, "the root: a standard deviation"),
        (VARIANCE, 654.94**2, "That is another number"),
        (SIGMA, 2559, "the decimal point is in the wrong place"),
        (SHARE, 23.75, "a share, or a percentage"),
        (SIGMA, -51.18, "That is another number"),
        (LOGLIK, -51.18, "factor −2"),
        (LOGLIK, -12.796, "factor −2"),
        (SHARE, 0.7625, "add up to one"),
        (number(0.2375), 0.7625, "a number, between 0 and 1"),
        (number(251.4), 0.2514, "the decimal point is in the wrong place"),
        (number(0.0655), 0.07, "too few digits"),
        (number(251.405), 251, "too few digits"),
        (number(251.405), 250, "Close, but another number"),
        (number(2413600), 2.41e6, "too few digits"),
        (SIGMA, float("nan"), "nan or inf"),
        (SIGMA, np.inf, "nan or inf"),
        (SIGMA, "25.59 ms", "That is text. Give a number, without quotes"),
        (SIGMA, None, "no answer in it yet"),
        (SIGMA, ..., "no answer in it yet"),
        (SIGMA, [], "no answer in it yet"),
        (SIGMA, np.mean, "put () behind it"),
        (SIGMA, "25,59", "with a decimal point instead of a comma"),
        (SIGMA, (25, 59), "a comma makes two numbers of one"),
        (EFFECTS, [1, 25, 2, 50, 3, 75, 4, 5], "a comma makes two numbers of one"),
        (PEOPLE, [18, 1], "One value is asked for, and your answer has 2"),
        (SIGMA, "", "no answer in it yet"),
        (SIGMA, [float("nan")], "is a value missing, or"),
        (SIGMA, mlm.lm("Reaction ~ Days", mlm.load_sleepstudy()), "a whole model"),
        (SIGMA, mlm.load_sleepstudy(), "of type `DataFrame`. Give a number."),
        (EFFECTS, [1.5, [2.5, 3.5]], "a list or a table in your list"),
        (EFFECTS, [1.5, pd.Series([2.5])], "a list or a table in your list"),
        (EFFECTS, [{}, 1.5], "`dict` in your list, where a number belongs"),
        (NAMES, [], "no answer in it yet"),
        (NAMES, {"Days", "Subject"}, "The answer is a list of words: put each in"),
        (SIGMA, {"sigma": 25.59}, "of type `dict`. Give a number."),
        (SIGMA, [25.59, 1], "One value is asked for, and your answer has 2"),
        (PEOPLE, 18.001, "a number of people, between 10 and 100"),
        (PEOPLE, -18, "sign is not"),
        (PEOPLE, 324, "That is another number: too many."),
        (number(4, exact=True, kind="line"), 6, "another number. Asked for is a line"),
        (number(-0.5), 3, "a number, between −1 and 0"),
        (number(30, kind="number of people"), 30.4, "That is another number"),
        (TABLE, TABLE.answer().T, "Rows and columns are swapped"),
        (number([[1, 2], [3, 4]]), [[1, 3], [2, 4]], "Rows and columns are swapped"),
        (TABLE, TABLE.answer().ravel(), "yours is (6,), and (3, 2) is asked for"),
        (TABLE, TABLE.answer()[::-1], "their order is not"),
        (TABLE, -TABLE.answer(), "a sign is not"),
        (TABLE, TABLE.answer() + np.array([10, 0]), "rows are off by the same amount"),
        (TABLE, TABLE.answer() * 1.7, "the same factor"),
        (TABLE, np.ones((3, 3)), "has the shape (3, 3)"),
        (TABLE, np.minimum(TABLE.answer(), 4), "5 of 6 are right"),
        (TABLE, 1.5, "More than one value is asked for"),
        (TABLE, "x", "Give numbers, in a list or an array, without quotes"),
        (
            number([[1.5, 2.5]]),
            [[3.25, 7.0]],
            "all above 0, and the largest in size between 1 and 10",
        ),
        (
            EFFECTS,
            EFFECTS.answer() + 251.405,
            "All are off by the same amount: what was added",
        ),
        (EFFECTS, EFFECTS.answer().round(1), "too few digits"),
        (EFFECTS, EFFECTS.answer() / 25.59, "the same factor"),
        (EFFECTS, EFFECTS.answer()[:3], "too short: its length is 3"),
        (EFFECTS, [*EFFECTS.answer(), 0], "too long: its length is 5"),
        (CODES, [[1, 1], [1, 2], [1, 3]], "does the count start at 0"),
        (CODES, [[1, 0], [1, -1], [1, -2]], "a sign is not"),
        (METHOD, "ML", "That is another one"),
        (METHOD, 1743.6, "The answer is text"),
        (NAMES, ["Subject", "Days", "Item"], "their order is not"),
        (NAMES, ["Days", "Subject", "Day"], "2 of 3 are right"),
        (NAMES, ["Days", "Subject"], "too short"),
        (SIMULATED, [12.2, 0.47], "1 of 2 are right"),
        (SIMULATED, [30, 0.481], "1 of 2 are right"),
        (CHOSEN, [6, 1, 4], "1 of 3 are right"),
        (CHOSEN, [2, 2, 2], "1 of 3 are right"),
        (CHOSEN, [2, 5], "too short"),
        (CHOSEN, 2, "too short"),
        (LABELS, ["Item", "Days"], "1 of 2 are right"),
        (YES, False, "other way round"),
        (YES, "True", "True or False, without quotes"),
    ],
)
def test_slips_are_recognised(question, answer, said):
    assert said in diagnosis(question, answer)


def test_mistakes_of_the_question_come_first():
    question = number(
        25.5918,
        mistakes=(
            Mistake(lambda: -25.5918, "That is minus σ."),
            Mistake(lambda: [25.5918, 10.4673], "Those are two."),
            Mistake(lambda: 10.4673, "That is the slope."),
            Mistake(lambda: 25.5653, "That is ML."),
        ),
    )
    assert diagnosis(question, -25.59) == "That is minus σ."
    assert diagnosis(question, (25.59, 10.47)) == "Those are two."
    assert diagnosis(question, 10.5) == "That is the slope."
    assert diagnosis(question, 25.57) == "That is ML."
    assert (
        diagnosis(question, -10.47) == "That is the slope. And the sign is another one."
    )
    assert "could be more than one number" in diagnosis(question, 25.6)


def test_mistakes_are_simulated_as_the_answer_is():
    honest = Mistake(lambda: 0.05, "That is the promised rate.")
    question = number(0.6, within=0.025, mistakes=(honest,))
    assert diagnosis(question, 0.07) == "That is the promised rate."
    assert diagnosis(question, 0.08) != "That is the promised rate."


@pytest.mark.parametrize("question", [SIGMA, PEOPLE, TABLE, CODES, NAMES, YES])
@pytest.mark.parametrize(
    "answer",
    [
        *([[1], [1, 2]], {1, 2}, 10**400, 1e308, 1j, pd.NA, pd.Timestamp(0), b"x", ""),
        *(object(), pd.DataFrame(), pd.Series([None, "a"]), sparse.eye_array(2), int),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_no_answer_makes_it_fail(question, answer):
    assert diagnosis(question, answer)


def test_warnings_of_the_answer_are_not_shown():
    def answer():
        warnings.warn("singular", stacklevel=1)
        return 0.0

    assert diagnosis(Question(answer, mistakes=(Mistake(answer, "none"),)), 1)


@pytest.mark.usefixtures("fresh")
def test_verdict_is_said_in_text_and_in_html():
    wrong = check("0.1a", {"sigma": 25.59})
    assert not wrong.right
    assert repr(wrong) == "0.1a: not yet. Your answer is of type `dict`. Give a number."
    assert wrong._repr_html_() == (
        "<p><strong>0.1a: not yet.</strong> "
        "Your answer is of type <code>dict</code>. Give a number.</p>"
    )
    assert "it 1 &lt; 2?" in Verdict("0.1a", "Is it 1 < 2?")._repr_html_()
    right = check("0.1a", 25.59)
    assert right.right
    assert repr(right) == "0.1a: right."


@pytest.mark.usefixtures("fresh")
def test_progress_counts_tries_up_to_the_first_right_one():
    for answer in (30, 25, 25.59, 25.59, 30):
        check("0.1a", answer)
    table = "Question State     Tries\n0.1a     right         3\n"
    untried = f"{table}0.1b     not tried     0"
    assert repr(progress("0.1")) == f"Exercises 0.1: 1 of 2 right\n{untried}"
    check("0.1b", "ML")
    html = progress("0.1")._repr_html_()
    assert "<caption>Exercises 0.1: 1 of 2 right</caption>" in html
    assert '<th scope="row">0.1b</th><td>not yet</td><td>1</td>' in html


@pytest.mark.usefixtures("fresh")
def test_unknown_names_are_refused_with_near_ones():
    with pytest.raises(DataError, match=r"no question '0.1z'; near it are '0.1[ab]'"):
        check("0.1z", 1)
    with pytest.raises(DataError, match="the name of the question comes first"):
        check(np.ones(3), "0.1a")
    with pytest.raises(
        DataError, match=r"no questions on lecture '0.3'.* '0.1', '0.2'"
    ):
        progress("0.3")


def test_import_computes_nothing():
    code = "import pandas; del pandas.read_csv; import methods3.check"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_questions_of_a_lecture_are_lettered_without_a_gap():
    lectures = {}
    for name in QUESTIONS:
        lecture, letter = re.fullmatch(r"([1-3]\.\d+|A\d\.\d)([a-z])", name).groups()
        lectures.setdefault(lecture, []).append(letter)
    assert len(lectures) >= 22
    for lecture, letters in lectures.items():
        assert "".join(letters) == "abcdefghij"[: len(letters)]
        assert len(letters) >= (2 if lecture[0] == "A" else 4)


@pytest.mark.parametrize(
    "words",
    [
        r"\bREML\b",
        r"maximum likelihood|\bML\b",
        r"\bvariances?\b",
        r"standard deviation",
        r"\bintercept\b",
        r"\bresidual",
        r"\bconditional",
        r"\bmarginal",
    ],
)
def test_what_this_course_confuses_is_told_apart(words):
    told = " ".join(m.message for q in QUESTIONS.values() for m in q.mistakes)
    assert re.search(words, told)


@each_question
def test_answer_is_accepted_in_full_and_rounded(name):
    question = QUESTIONS[name]
    answer = question.answer()
    array = read(answer)
    assert diagnosis(question, answer) == ""
    assert diagnosis(question, np.asarray(answer).tolist()) == ""
    if array.dtype.kind == "f" and not question.exact:
        assert np.all(np.isfinite(array))
        digits = [float(f"{x:.{question.digits - 1}e}") for x in array.flat]
        assert diagnosis(question, np.reshape(digits, array.shape)) == ""


@each_question
def test_question_lists_what_students_get_wrong(name):
    assert len(QUESTIONS[name].mistakes) >= 2


@each_question
def test_mistakes_get_messages_of_their_own(name):
    question = QUESTIONS[name]
    for mistake in question.mistakes:
        assert diagnosis(question, mistake.answer()) == mistake.message


@each_question
def test_messages_are_short_sentences_that_do_not_tell(name):
    question = QUESTIONS[name]
    answer = read(question.answer())
    numeric = answer.dtype.kind == "f"
    big = [x for x in np.abs(answer).flat if x >= 10 or x % 1] if numeric else []
    for mistake in question.mistakes:
        assert mistake.message.endswith((".", "?"))
        assert len(mistake.message) <= 200
        told = [float(x) for x in re.findall(r"\d+(?:\.\d+)?", mistake.message)]
        close = [x for x in told for y in big if np.isclose(x, y, rtol=5e-3)]
        assert close == [], mistake.message


SLIPS = {
    "sign": (lambda x: -x, "sign is not"),
    "thousand": (lambda x: x / 1000, "The digits are right"),
    "thousandth": (lambda x: x * 1000, "The digits are right"),
    "square": (np.square, "the square: a variance"),
    "root": (np.sqrt, "the root: a standard deviation"),
    "part": (lambda x: 1.01 * x, "Close, but another number"),
}
KINDS = {"square": {"standard deviation", "standard error"}, "root": {"variance"}}


def slips(question, answer):
    """The slips that an answer shows: change, and what is said of it."""
    if answer.dtype.kind != "f" or question.unordered:
        return  # numbers of sentences have no sign
    for slip, (change, said) in SLIPS.items():
        if question.exact and slip != "sign":
            continue  # of counts
        if question.kind not in KINDS.get(slip, {question.kind}):
            continue  # it cannot be meant
        size = np.abs(answer).min()
        if slip == "part" and (question.counts or question.within > 0.01 * size):
            continue  # as small as what another seed changes
        if slip == "part" and not answer.all():
            continue  # a part of nothing is right
        if slip == "part" and question.digits == 2:
            continue  # as close as is asked for
        if slip == "root" and np.any(answer < 0):
            continue
        yield change, said


@each_question
def test_slips_are_recognised_with_every_number(name):
    question = QUESTIONS[name]
    answer = read(question.answer())
    own = {mistake.message for mistake in question.mistakes}
    for change, said in slips(question, answer):
        message = diagnosis(question, change(answer))
        assert said in message or message in own


def test_most_numbers_show_a_slip():
    shown = [
        name
        for name, question in QUESTIONS.items()
        if any(slips(question, read(question.answer())))
    ]
    assert len(shown) > len(QUESTIONS) / 2
