"""Questions of assignment 0: a computer that is ready, a first fit, handing in."""

import re

from methods3.check.fits import speech, speech_line, spoken
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_politeness

WELL = "Everything works."
TO_MEND = (
    "Something is still to mend: the line with !! says what, and the command below it "
    "mends it."
)
NOT_THE_LINE = (
    "That is not what the doctor says last. Run it, and paste its last line, in quotes."
)

NOT_GIT = "A command to git begins with `git`: write all of it, in quotes."
# Around what was pasted: quotes, points, and the marks of a prompt or of a notebook.
AROUND = "'\"`‘’“”!%$>. "

NOT_SENT = {
    "pull": "That fetches what others have sent. Which way has yours to go?",
    "commit": "It is committed: that is what git calls ahead. Where is the commit?",
    "add": "The file is chosen and committed already. Where is the commit?",
}


def doctor_says(answer):
    """What is wrong with the doctor's last line, or with its whole report."""
    said = _text(answer)
    if "!!" in said or "to mend, from the top" in said:
        return TO_MEND
    return (
        ""
        if said.strip(AROUND).endswith(WELL.strip(AROUND).casefold())
        else (NOT_THE_LINE)
    )


def sends(answer):
    """What is wrong with a command that should send commits; of several, the last."""
    commands = [command.strip(AROUND) for command in re.split("&&|;", _text(answer))]
    words = [command.split() for command in commands if command.startswith("git")]
    if not words or words[-1][0] != "git":
        return NOT_GIT
    done = words[-1][1:2]
    if done == ["push"]:
        return ""
    return NOT_SENT.get("".join(done), "That sends nothing. Where is the commit?")


def _text(answer):
    """What was answered, also in a list, in one line."""
    parts = answer if isinstance(answer, list | tuple) else [answer]
    return " ".join(" ".join(map(str, parts)).casefold().split())


BOTH = "f0mn ~ attitude + (1 | subject) + (1 | scenario)"
WITH_GROUPS = "That model has intercepts for groups. Asked is `mlm.lm`, without them."
HALF = (
    "That is half of it, as with codes of 1 and −1, which are two steps apart. Leave "
    "`attitude` as it is."
)


def change(formula="f0mn ~ attitude"):
    """Coefficients of a linear model of pitch."""
    return speech_line(formula).fixef


QUESTIONS = {
    "A0.1a": Question(
        lambda: WELL,
        judge=doctor_says,
        mistakes=(
            Mistake(
                lambda: "1 thing to mend, from the top. Then ask again",
                TO_MEND,
            ),
            Mistake(lambda: "It works", NOT_THE_LINE),
        ),
    ),
    "A0.1b": Question(
        lambda: load_simulated_politeness().shape,
        exact=True,
        mistakes=(
            Mistake(
                lambda: speech().shape,
                "Those are the rows in which nothing is missing. Asked are all of "
                "them.",
            ),
            Mistake(
                lambda: load_simulated_politeness().size,
                "That is the number of cells: rows times columns.",
            ),
        ),
    ),
    "A0.1c": Question(
        lambda: change()["attitudepolite"],
        unit="Hz",
        mistakes=(
            Mistake(
                lambda: change()["(Intercept)"],
                "That is the mean of informal utterances. "
                "Which coefficient is the change from there?",
            ),
            Mistake(
                lambda: change().sum(),
                "That is the mean of polite utterances. Asked is the difference.",
            ),
            Mistake(
                lambda: change("f0mn ~ gender")["genderM"],
                "That is the difference between men and women.",
            ),
            Mistake(
                lambda: spoken("f0mn ~ attitude + (1 | subject)").fixef.iloc[1],
                WITH_GROUPS,
            ),
            Mistake(
                lambda: spoken(BOTH).fixef.iloc[1],
                WITH_GROUPS,
            ),
            Mistake(lambda: -change()["attitudepolite"] / 2, HALF),
            Mistake(lambda: change()["attitudepolite"] / 2, HALF),
        ),
    ),
    "A0.1d": Question(
        lambda: "git push",
        judge=sends,
        mistakes=(
            *(
                Mistake(f"git {word}".format, message)
                for word, message in NOT_SENT.items()
            ),
            Mistake(lambda: "push", NOT_GIT),
        ),
    ),
}
