"""Questions of assignment 1, part B: durations by pitch, pooled in several ways."""

import numpy as np

from methods3.check import pictures
from methods3.check.designs import judged
from methods3.check.fits import sds, speech, speech_line, spoken
from methods3.check.questions import Mistake, Question
from mlm.fit import lm

TIME = "total_duration ~ f0mn + (1 | scenario)"
CROSSED = f"{TIME} + (1 | subject)"
CELLS = f"{CROSSED} + (1 | subject:scenario)"


def residual_sds():
    """Complete, no and partial pooling of the scenarios."""
    separate = speech_line("total_duration ~ C(scenario) + f0mn")
    return [
        speech_line("total_duration ~ f0mn").sigma,
        separate.sigma,
        spoken(TIME).sigma,
    ]


def spread_of_modes(*groups):
    """Standard deviations of predicted intercepts."""
    return [spoken(CROSSED).ranef[group].iloc[:, 0].std() for group in groups]


def slopes(*formulas):
    """Slopes of duration on pitch."""
    return [spoken(formula).fixef["f0mn"] for formula in formulas]


def by_speaker(line):
    """A picture as plain data: a panel and a line for each speaker.

    Parameters
    ----------
    line : callable of str
        Gives intercept and slope of a speaker.
    """
    return [
        [panel, speaker, 0, x, np.dot([1, x], line(speaker))]
        for panel, speaker in enumerate(speech()["subject"].cat.categories)
        for x in (80.0, 320.0)
    ]


def own_line(speaker):
    """Intercept and slope of a line that is fitted to one speaker alone."""
    return lm("total_duration ~ f0mn", speech().query("subject == @speaker")).fixef


QUESTIONS = {
    "A1.2a": Question(
        residual_sds,
        unit="s",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: [residual_sds()[i] for i in (1, 0, 2)],
                "The numbers are right. Which pooling is complete: one line for all, "
                "or a line for each?",
            ),
            Mistake(
                lambda: [
                    residual_sds()[0],
                    speech_line("total_duration ~ scenario + f0mn").sigma,
                    residual_sds()[2],
                ],
                "In the second model, `scenario` is a number: one slope, and not an "
                "intercept for each.",
            ),
            Mistake(
                lambda: [
                    residual_sds()[0],
                    speech_line("total_duration ~ C(scenario) * f0mn").sigma,
                    residual_sds()[2],
                ],
                "In the second model, each scenario has a slope of its own. Asked is "
                "one slope for all.",
            ),
            Mistake(
                lambda: [*residual_sds()[:2], sds(spoken(TIME), "scenario")[0]],
                "The third is the standard deviation between scenarios. "
                "Asked is that of the residuals.",
            ),
            Mistake(
                lambda: [*residual_sds()[:2], spoken(CROSSED).sigma],
                "The third model has intercepts by subject as well: these come next.",
            ),
        ),
    ),
    "A1.2b": Question(
        lambda: CROSSED,
        judge=judged(CROSSED, speech),
        mistakes=(
            Mistake(
                lambda: TIME,
                "A grouping factor is missing: what else do rows share?",
            ),
            Mistake(
                lambda: "total_duration ~ f0mn + C(scenario) + subject",
                "Nothing varies between groups yet: there is no `( … | … )`.",
            ),
            Mistake(
                lambda: "total_duration ~ f0mn + (1 | subject:scenario)",
                "`subject:scenario` makes other groups than those that are meant: "
                "which rows share a random effect?",
            ),
            Mistake(
                lambda: f"{TIME} + (f0mn | subject)",
                "It was not said that this varies by subject: 'f0mn'.",
            ),
        ),
    ),
    "A1.2c": Question(
        lambda: sds(spoken(CROSSED), "scenario", "subject"),
        unit="s",
        kind="standard deviation",
        digits=3,
        mistakes=(
            Mistake(
                lambda: sds(spoken(CROSSED), "subject", "scenario"),
                "The numbers are right. Asked is the scenario first.",
            ),
            Mistake(
                lambda: [
                    *spread_of_modes("scenario", "subject"),
                    spoken(CROSSED).sigma,
                ],
                "The first two are spreads of the modes, which are shrunk. The model's "
                "own estimates are in `varcorr`.",
            ),
            Mistake(
                lambda: sds(spoken(CELLS), "scenario", "subject"),
                "That model has a term for each subject in each scenario: it comes "
                "next.",
            ),
        ),
    ),
    "A1.2d": Question(
        lambda: 1 + 1 + 6 + 15,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 1 + 7 + 16,
                "A column for each of 7 and of 16 is one too many: both sets add up "
                "to the same column of ones.",
            ),
            Mistake(
                lambda: 1 + 1 + 7 + 16,
                "That counts the reference scenario and the reference subject, which "
                "have no column.",
            ),
            Mistake(
                lambda: 1 + 6 + 15,
                "That leaves out one effect: where is pitch?",
            ),
            Mistake(
                lambda: 6 + 15,
                "Those are the columns of the two factors. What else is in X?",
            ),
            Mistake(
                lambda: 1 + 7 * 16,
                "That has an intercept for every pair of subject and scenario.",
            ),
            Mistake(
                lambda: 1 + 1 + 1 + 15,
                "There `scenario` is a number: one slope instead of a column for each "
                "but the reference.",
            ),
        ),
    ),
    "A1.2e": Question(
        lambda: sds(spoken(CELLS), "subject:scenario"),
        unit="s",
        kind="standard deviation",
        digits=3,
        mistakes=(
            Mistake(
                lambda: sds(spoken(CELLS), "subject"),
                "The first is the standard deviation between subjects. Asked is the "
                "new term.",
            ),
            Mistake(
                lambda: sds(
                    spoken("total_duration ~ f0mn + (1 | subject:scenario)"),
                    "subject:scenario",
                ),
                "Subject and scenario have no terms of their own in your model: keep "
                "both, and add the third.",
            ),
        ),
    ),
    "A1.2f": Question(
        lambda: by_speaker(spoken(CROSSED).coef["subject"].loc.__getitem__),
        judge=pictures.judged(CROSSED, speech, "f0mn", "subject"),
        mistakes=(
            Mistake(
                lambda: by_speaker(own_line),
                "The slopes differ from panel to panel, as if each had a fit of its "
                "own. In this model, whose slope is whose?",
            ),
            Mistake(
                lambda: by_speaker(lambda _: spoken(CROSSED).fixef),
                "All panels show one line: that of the average subject. Add what each "
                "subject differs by.",
            ),
        ),
    ),
    "A1.2g": Question(
        lambda: slopes(CROSSED, f"{CROSSED} + attitude"),
        unit="s per Hz",
        digits=3,
        mistakes=(
            Mistake(
                lambda: slopes(f"{CROSSED} + attitude", CROSSED),
                "The numbers are right. The model without attitude comes first.",
            ),
            Mistake(
                lambda: slopes(CROSSED, f"{CROSSED} + gender"),
                "The second model has gender in it. Asked is attitude.",
            ),
            Mistake(
                lambda: slopes(CROSSED, f"{CROSSED} + f0mn * attitude"),
                "With the product, the slope is that of informal speech alone. Add "
                "attitude with a plus.",
            ),
        ),
    ),
}
