"""The self-test: true questions, and answers that everybody gets, by any route."""

import re
import tomllib
import warnings
from collections import Counter

import pytest
from conftest import ROOT, WEEKLY
from notebook_rules import LABELS, NOT_PROSE, NUMBER
from notebooks import MARKER
from test_book import SITE, ids_of
from test_views import RULES, VIEWS, check_legibility, check_width

import mlm

PAGE = SITE / "pages/self_test.html"
SOURCE = ROOT.joinpath("pages/self_test.toml").read_text("utf-8")
ASKED = tomllib.loads(SOURCE)
QUESTIONS = list(enumerate(ASKED["question"], start=1))
BELIEFS = {f"m{i}" for i in range(1, 25)} | {f"u{i}" for i in range(1, 14)}


def texts_of(question):
    """All text of one question that readers see."""
    options = question["option"]
    return [question["stem"], *(o[key] for o in options for key in ("text", "why"))]


def plain(text):
    """What a reader sees of Markdown: no markers, no marks, one line."""
    text = re.sub(r"[`*]", "", MARKER.sub(r"\1", text)).replace("'", "’")
    return " ".join(text.split())


# ---- What is asked. ----


def complaints(asked):
    """What is wrong with the questions, as sentences."""
    questions = asked["question"]
    if len(questions) != 42:
        yield f"{len(questions)} questions, not forty-two"
    used, places = set(), Counter()
    for number, question in enumerate(questions, start=1):
        options = question["option"]
        right = [place for place, o in enumerate(options) if "section" in o]
        places.update(right)
        beliefs = {o["belief"] for o in options if "belief" in o}
        used |= beliefs
        if len(options) not in (3, 4):
            yield f"{number}: {len(options)} options"
        if len(right) != 1:
            yield f"{number}: {len(right)} right options"
        if any(len({"section", "belief", "read"} & o.keys()) != 1 for o in options):
            yield f"{number}: an option leads to none, or to two places"
        if beliefs - BELIEFS:
            yield f"{number}: {beliefs - BELIEFS} are no misconceptions"
        if not re.fullmatch(r"([^.?]|\.\d)+\?", plain(question["stem"])):
            yield f"{number}: not one sentence that asks"
        for text in texts_of(question):
            prose = LABELS.sub(" ", NOT_PROSE.sub(" ", MARKER.sub(" ", text)))
            typed = [n for n in NUMBER.findall(prose) if len(n) > 1]
            if typed:
                yield f"{number}: {typed} typed"
    if BELIEFS - used:
        yield f"{BELIEFS - used} are never believed"
    if not all(4 <= places[place] <= 15 for place in range(4)):
        yield f"the right option often has the same place: {places}"


def test_questions_are_as_they_should_be():
    assert list(complaints(ASKED)) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (r"\[\[question\]\]\n.*?(?=# ---- The model)", "", "32 questions"),
        ('belief = "m21"\n', 'section = "x"\n', "3: 2 right"),
        ('belief = "m21"\n', 'belief = "m25"\n', "no misconceptions"),
        ('belief = "m21"\n', 'belief = "m20"\n', "{'m21'} are never believed"),
        ("2.5<!--= 1000 / 400 -->", "2.5", "3: ['2.5'] typed"),
        ("what is true of the second", "Say. What", "3: not one sentence"),
        (
            r'\[\[question.option\]\]\ntext = "It is half.*?(?=\[\[question\]\])',
            "",
            "3: 1 options",
        ),
    ],
)
def test_each_fault_is_seen(old, new, complaint):
    faulty = re.sub(old, new, SOURCE, count=1, flags=re.DOTALL)
    assert faulty != SOURCE
    assert any(complaint in found for found in complaints(tomllib.loads(faulty)))


@pytest.fixture(scope="module")
def names():
    """What the expressions of the questions can use."""
    found = {"__name__": "self_test"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.SingularFitWarning)  # asked about
        exec(ASKED["setup"], found)
    return found


@pytest.mark.parametrize(("number", "question"), QUESTIONS)
def test_numbers_are_true(number, question, names):
    for text in texts_of(question):
        for value, expression in MARKER.findall(text):
            computed = eval(f'f"""{{{expression}}}"""', names)
            assert value == computed.replace("-", "−"), expression
    if "code" in question:
        printed = str(eval(question["code"], names))
        assert question["prints"].strip("\n") == printed


# ---- How it answers. ----


def group(shown, number, question):
    """The question as assistive technology finds it: by role and name."""
    name = f"{number}. {plain(question['stem'])}"
    return shown.get_by_role("group", name=name, exact=True)


def is_answered(text, links, option):
    """Check what is said when an option is chosen: verdict, reason, and way back."""
    lead = "Right." if "section" in option else "Not so."
    assert plain(text).startswith(f"{lead} {plain(option['why'])}")
    target = links.last.get_attribute("href")
    page, _, place = target.partition("#")
    if "belief" in option:
        assert place == option["belief"]
    else:
        where = option.get("section") or option["read"]
        assert where.startswith(page.replace(".html", "."))
    assert place in ids_of(PAGE.parent / page)


def test_every_option_is_answered_by_keyboard(visit):
    """Arrow keys choose, and say nothing yet; Enter asks; the answer is announced."""
    with visit(PAGE) as shown:
        assert shown.locator("fieldset").count() == len(QUESTIONS)
        for number, question in QUESTIONS[:: 1 if WEEKLY else 4]:
            asked = group(shown, number, question)
            said = asked.get_by_role("status")
            assert said.get_attribute("aria-live") == "polite"
            asked.get_by_role("radio").first.focus()
            for i, option in enumerate(question["option"]):
                shown.keyboard.press("ArrowDown" if i else "Space")
                name = plain(option["text"])
                assert asked.get_by_role("radio", name=name, exact=True).is_checked()
                assert said.inner_text() == ""
                shown.keyboard.press("Enter")
                is_answered(said.inner_text(), said.get_by_role("link"), option)


def choose(shown, number, question, right):
    """Choose the right option, or the first that is wrong, and check it by mouse."""
    asked = group(shown, number, question)
    options = question["option"]
    place = [("section" in option) == right for option in options].index(True)
    asked.get_by_role("radio").nth(place).check()
    asked.get_by_role("button", name="Check").click()


def test_first_answers_are_counted(visit):
    with visit(PAGE) as shown:
        count = shown.locator(".self-test > [role=status]")
        assert count.get_attribute("aria-live") == "polite"
        shown.get_by_role("button", name="Check").first.click()
        assert count.inner_text() == "", "nothing was chosen"
        for number, question in QUESTIONS:
            choose(shown, number, question, right=number <= 12)
            if number == 15:
                assert (
                    count.inner_text() == "12 of 15 right at the first try, 27 to go."
                )
        assert count.inner_text() == "12 of 42 right at the first try."
        choose(shown, *QUESTIONS[-1], right=True)
        assert count.inner_text() == "12 of 42 right at the first try."
        shown.reload()
        assert count.inner_text() == ""
        assert shown.locator(":checked").count() == 0


def test_it_answers_without_scripts(tab):
    """As soon as an option is chosen, and only this option."""
    with tab(java_script_enabled=False, offline=True) as shown:
        shown.goto(PAGE.as_uri())
        assert shown.locator(".bd-article noscript p").is_visible()
        assert shown.get_by_role("button", name="Check").count() == 0
        for number, question in QUESTIONS[:: 1 if WEEKLY else 4]:
            asked = group(shown, number, question)
            answer = asked.locator(".answer:visible")
            assert answer.count() == 0
            asked.get_by_role("radio").first.focus()
            for i, option in enumerate(question["option"]):
                shown.keyboard.press("ArrowDown" if i else "Space")
                is_answered(answer.inner_text(), answer.get_by_role("link"), option)
                shown.keyboard.press("Enter")  # must not load the page anew
                assert asked.get_by_role("radio").nth(i).is_checked()


def test_paper_has_all_answers(visit):
    with visit(PAGE) as shown:
        shown.emulate_media(media="print")
        answers = sum(len(question["option"]) for _, question in QUESTIONS)
        assert shown.locator(".answer:visible").count() == answers
        assert shown.locator(".self-test button:visible").count() == 0


@pytest.mark.parametrize(("width", "scheme"), VIEWS if WEEKLY else VIEWS[:1])
def test_everybody_can_read_the_answers(visit, width, scheme):
    with visit(PAGE, width, scheme=scheme) as shown:
        for number, question in QUESTIONS:
            choose(shown, number, question, right=number % 2 == 0)
        check_legibility(shown, scheme, RULES)
        check_width(shown, width)
