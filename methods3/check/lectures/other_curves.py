"""Questions 3.1d to 3.1f: a straight line, and links other than the logit."""

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.lectures.cars import POUNDS, by_line, chance, gears, log_odds
from methods3.check.questions import Mistake, Question

FIREBIRD = 3.845


def apart(curve=chance, at=(2, 3, 4), line=by_line):
    """How far a curve is above the line at some weights."""
    return np.array([curve(wt) - line(wt) for wt in at])


def of_automatics(wt):
    """Linear predictor of an automatic car of a weight, by the cloglog."""
    return gears("auto", "cloglog").fixef.to_numpy() @ [1, wt]


OTHER_CURVES = {
    "3.1d": Question(
        lambda: chance(3),
        digits=3,
        kind="probability",
        hint="What should be transformed, the responses or their mean? Which function "
        "of `mlm` does that?",
        mistakes=(
            Mistake(
                lambda: expit(by_line(3, squeeze=0.01)),
                "That is what the program says as it stands. It depends on the 0.01, "
                "which nobody measured.",
            ),
            Mistake(
                lambda: expit(by_line(3, squeeze=0.001)),
                "You brought the responses nearer to 0 and 1, and the answer moved. It "
                "will move with every such number: do not transform the responses at "
                "all.",
            ),
            Mistake(
                lambda: by_line(3),
                "Without the logit it is a straight line through zeros and ones. The "
                "logit belongs between the line and the mean.",
            ),
            Mistake(
                lambda: expit(by_line(3)),
                "You put the height of a straight line through zeros and ones into "
                "logit⁻¹. The line has to be fitted on the scale of log-odds.",
            ),
            Mistake(
                lambda: log_odds(3),
                "Those are the log-odds. Come back to a probability.",
            ),
            Mistake(
                lambda: np.exp(log_odds(3)),
                "Those are the odds. The probability is odds over one more than them.",
            ),
            Mistake(
                lambda: chance(3, link="cloglog"),
                "That is by the link cloglog. The program is about log-odds.",
            ),
            Mistake(
                lambda: chance(3, link="probit"),
                "The program is about log-odds. That is by the link probit, or the "
                "responses were moved to another place than 0.01: do not transform "
                "them at all.",
            ),
            Mistake(
                lambda: by_line(3, squeeze=0.01),
                "Those are the log-odds of the program as it stands, which depend on "
                "the 0.01.",
            ),
            Mistake(
                lambda: 1 - expit(by_line(3, squeeze=0.01)),
                "That is what the program says as it stands, and for an automatic. It "
                "depends on the 0.01, which nobody measured.",
            ),
            Mistake(
                lambda: chance(3000 / POUNDS),
                "The weight went in in another unit: `wt` is in 1000 lb, so 3000 lb "
                "are 3.",
            ),
        ),
    ),
    "3.1e": Question(
        apart,
        kind="difference",
        digits=3,
        within=0.00051,
        hint="Six heights, three of the curve and three of the line; then curve less "
        "line.",
        mistakes=(
            Mistake(
                lambda: apart(log_odds),
                "You subtracted the line from the log-odds. The line is a probability: "
                "take the curve's, too.",
            ),
            Mistake(
                lambda: apart(lambda wt: 1 - chance(wt)),
                "The curve is that of *automatic*, the line that of manual.",
            ),
            Mistake(
                lambda: apart(line=lambda wt: 0),
                "Those are the heights of the curve. Subtract the line's.",
            ),
            Mistake(
                lambda: apart(curve=lambda wt: 0, line=lambda wt: -by_line(wt)),
                "Those are the heights of the line. Subtract them from the curve's.",
            ),
            Mistake(
                lambda: apart(lambda wt: chance(wt) / by_line(wt), line=lambda wt: 0),
                "Those are ratios. Subtract.",
            ),
            Mistake(
                lambda: apart(line=lambda wt: expit(by_line(wt))),
                "You put the line through logit⁻¹. Its height is a probability "
                "already, as it stands.",
            ),
            Mistake(
                lambda: apart(at=(1, 2, 3)),
                "Those are the weights 1, 2 and 3. Asked are 2, 3 and 4.",
            ),
            Mistake(
                lambda: apart(lambda wt: np.exp(log_odds(wt))),
                "You subtracted the line from odds. The line is a probability: take "
                "the curve's, too.",
            ),
        ),
    ),
    "3.1f": Question(
        lambda: 1 - chance(FIREBIRD, "auto", "cloglog"),
        digits=3,
        kind="probability",
        hint="Fit a column that is 1 for automatics, and take its probability from 1.",
        mistakes=(
            Mistake(
                lambda: chance(FIREBIRD, "auto", "cloglog"),
                "That is the probability of an *automatic* Firebird, which is what a "
                "model of automatics gives.",
            ),
            Mistake(
                lambda: chance(FIREBIRD, link="cloglog"),
                "That is the lecture's, with manual as the 1. Here automatic is the 1, "
                "and it makes a difference.",
            ),
            Mistake(
                lambda: 1 - chance(FIREBIRD, link="cloglog"),
                "You modelled manual, as the lecture does, and took its probability "
                "from 1. Make *automatic* the 1 before the fit.",
            ),
            Mistake(
                lambda: chance(FIREBIRD),
                "That is by the logit, where it does not matter which of the two is "
                'the 1. Use `link="cloglog"`.',
            ),
            Mistake(
                lambda: chance(FIREBIRD, link="probit"),
                "That is by the probit, where it does not matter which of the two is "
                'the 1. Use `link="cloglog"`.',
            ),
            Mistake(
                lambda: gears("auto", "cloglog").fixef.to_numpy() @ [1, FIREBIRD],
                "That is the linear predictor. The inverse of cloglog makes a "
                "probability of it.",
            ),
            Mistake(
                lambda: 1 - expit(gears("auto", "cloglog").fixef @ [1, FIREBIRD]),
                "You came back by the inverse of the logit. Each link has its own.",
            ),
            Mistake(
                lambda: np.exp(of_automatics(FIREBIRD)),
                "That is the inner part of the way back: cloglog has another "
                "exponential and a 1 around it.",
            ),
            Mistake(
                lambda: norm.sf(of_automatics(FIREBIRD)),
                "You came back by the normal distribution, which undoes a probit. "
                "Each link has its own way back.",
            ),
            Mistake(
                lambda: expit(of_automatics(FIREBIRD)),
                "You came back by the inverse of the logit, and have the probability "
                "of an automatic. Each link has its own way back.",
            ),
            Mistake(
                lambda: 1 - chance(FIREBIRD),
                'That is by the logit, and for an automatic. Use `link="cloglog"`, '
                "and take the other outcome.",
            ),
            Mistake(
                lambda: 1 - chance(3, "auto", "cloglog"),
                "That is a car of 3000 lb. The Firebird weighs 3.845.",
            ),
            Mistake(
                lambda: np.exp(-np.exp(-of_automatics(FIREBIRD))),
                "That is the log-log link's way back, the mirror image of cloglog's.",
            ),
        ),
    ),
}
