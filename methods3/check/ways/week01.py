"""Ways to the answers of week 1."""

import numpy as np
from scipy import stats

from methods3.check.fits import everybody, line, person, rss, sleepstudy
from methods3.check.routes import Part, Route
from mlm.datasets import load_cake, load_insteval, load_radon
from mlm.fit import lm

DAYS = 82.5  # sum of squared distances of 0 to 9 from their mean
MEAN = "Reaction ~ 1"
LINE = "Reaction ~ Days"
NAMES = "Reaction ~ C(Days)"
ZERO = "Reaction ~ Days - 1"


def someone(who):
    """Make the part that says whose rows are taken."""
    others = [name for name in ("308", "309", "310", "335") if name != who]
    said = {name: f"for subject {name}" for name in others}
    return Part(who, others=said | {"all": "for all people"})


def rows_of(who):
    """Return the rows of a subject, or all."""
    return sleepstudy() if who == "all" else person(who)


def own_line(who, formula=LINE):
    """Return the estimates of a line."""
    return lm(formula, rows_of(who)).fixef


def changes(who, sign, days, divisor):
    """Return the mean change from one day to the next."""
    steps = np.diff(rows_of(who)["Reaction"])[slice(*days)]
    steps = steps if sign else np.abs(steps)
    return steps.sum() / (divisor or len(steps))


def r_squared(formula=ZERO, total="mean", power=1):
    """Return R² by two sums of squares, or by their roots."""
    y = sleepstudy()["Reaction"]
    totals = {"mean": np.sum((y - y.mean()) ** 2), "zero": np.sum(y**2)}
    totals["line"] = rss(everybody())
    return 1 - (rss(everybody(formula)) / totals[total]) ** power


def variation(values):
    """Return the coefficient of variation."""
    return values.std() / values.mean()


def rated(codes=False):
    """Fit a line of ratings on the time at university."""
    data = load_insteval()
    age = data["studage"]
    return lm(
        "y ~ semester", data.assign(semester=age.cat.codes if codes else age.astype(int))
    )


def sigma(days, who, divisor):
    """Return the residual standard deviation without some days."""
    rows = rows_of(who)
    fit = lm(LINE, rows[~rows["Days"].isin(days)])
    return np.sqrt(rss(fit) / (divisor or fit.nobs - 2))


def f_of_names(small, large, added, left, power=1):
    """Return F of a model with more columns."""
    one, two = rss(everybody(small)), rss(everybody(large))
    return ((one - two) / added) / (two / left)


def loss(who, factor, small):
    """Return by how much a log-likelihood falls without a slope."""
    return factor * (
        lm(LINE, rows_of(who)).loglik - lm(small, rows_of(who)).loglik
    )


def left_at(slope, who="308", level="mean"):
    """Return the sum of squares at a slope, with some intercept."""
    left = person(who)["Reaction"] - slope * person(who)["Days"]
    levels = {"mean": left.mean(), "median": left.median(), "zero": 0.0}
    levels["own"] = line(who).fixef["(Intercept)"]
    return np.sum((left - levels[level]) ** 2)


def fall(slope, n):
    """Return how far twice the log-likelihood of 308 is below its top at a slope."""
    return n * np.log(left_at(slope) / rss(line("308")))


def ends(spread, n, cut, around):
    """Return the two slopes at which it has fallen by the cut."""
    half = np.sqrt(spread * np.expm1(cut / n) / around)
    return line("308").fixef["Days"] + half * np.array([-1, 1])


def fall_at_ends(slopes):
    """Say how far below the top two slopes are."""
    low, high = (fall(slope, 10) for slope in slopes)
    cut = stats.chi2.ppf(0.95, 1)
    return (
        f"At your slopes it is lower by {low:.3f} and by {high:.3f}, and `cut` is "
        f"{cut:.3f}."
    )


def height_error(sigma, n, x, middle, around):
    """Return the standard error of a line's height."""
    return sigma * np.sqrt(1 / n + (x - middle) ** 2 / around)


WAYS = {
    "1.1e": {
        "route": Route(own_line, {"who": someone("308")}),
        "about": (lambda: line("308"), everybody),
    },
    "1.2d": {
        "route": Route(
            changes,
            {
                "who": someone("308"),
                "sign": Part(False, others={True: "where rises and falls cancel"}),
                "days": Part(
                    (None,),
                    others={
                        (8,): "without the last change",
                        (1, None): "without the first change",
                    },
                ),
                "divisor": Part(
                    0,
                    others={
                        8: "with 8 for the number of changes",
                        10: "with ten days for the number of changes",
                    },
                ),
            },
            lambda **_: {
                "the change from the first day to the last, for each day": np.diff(
                    person("308")["Reaction"]
                ).mean()
            },
        ),
    },
    "1.2f": {
        "route": Route(
            r_squared,
            {
                "formula": Part(ZERO, others={LINE: "for the line with an intercept"}),
                "total": Part(
                    "mean",
                    others={
                        "zero": "measured from zero",
                        "line": "measured from the line with an intercept",
                    },
                ),
                "power": Part(1, others={0.5: "with roots of sums of squares"}),
            },
            lambda **_: {
                "the share that this line leaves": 1 - r_squared(),
                "the share that the line with an intercept leaves": (
                    1 - r_squared(LINE)
                ),
                "a ratio of two models' sums": 1 - r_squared(total="line"),
                "one less a ratio of two models' sums": (
                    1 - 1 / (1 - r_squared(total="line"))
                ),
                "one less a ratio of standard deviations": (
                    1
                    - everybody(ZERO).sigma / sleepstudy()["Reaction"].std()
                ),
                "a ratio of two variances that divide by what is left": (
                    everybody().sigma ** 2 / sleepstudy()["Reaction"].var()
                ),
            },
        ),
        "about": (lambda: everybody(ZERO), everybody),
    },
    "1.3b": {
        "route": Route(
            lambda one, two, n: (1000 / one + 1000 / two) / n,
            {
                "one": Part(250, "the first time"),
                "two": Part(500, "the second time"),
                "n": Part(2, "the number of trials"),
            },
            lambda **_: {"half of the difference of the speeds": 1.0},
        ),
    },
    "1.3c": {
        "route": Route(
            lambda mean, zero: mean / (mean - zero),
            {
                "mean": Part(200.0, "the mean in °F"),
                "zero": Part(32.0, "the 32 °F at which °C begins"),
            },
            lambda **_: {
                "the coefficient of variation in °F": variation(load_cake()["temp"]),
                "the coefficient of variation in °C": variation(
                    load_cake()["temp"] - 32
                ),
                "the ratio of the two means": 1.8 * 200 / 168,
            },
        ),
    },
    "1.3d": {
        "route": Route(
            lambda codes, semesters: semesters * rated(codes).fixef["semester"],
            {
                "codes": Part(False, others={True: "with codes for semesters"}),
                "semesters": Part(
                    1,
                    others={
                        2: "for two semesters",
                        6: "from the first group to the last",
                        0.5: "for half a semester",
                    },
                ),
            },
        ),
        "about": (rated, lambda: rated(codes=True)),
    },
    "1.3e": {
        "about": (lambda: lm("log_radon ~ log_uranium", load_radon()),),
        "route": Route(
            lambda one, two, method: load_radon()[one].corr(
                load_radon()[two], method=method
            ),
            {
                "one": Part(
                    "activity", others={"floor": "with the floor for the activity"}
                ),
                "two": Part(
                    "log_uranium", others={"floor": "with the floor for the uranium"}
                ),
                "method": Part("spearman"),
            },
        ),
    },
    "1.3f": {
        "route": Route(
            lambda factor, log, intercept, slope: (
                np.array([intercept, slope]) * log(factor)
            ),
            {
                "factor": Part(37.0, "the factor"),
                "log": Part(
                    np.log,
                    others={
                        np.log10: "with logarithms of base ten",
                        np.log2: "with logarithms of base two",
                        float: "without the logarithm",
                        lambda x: 1 / np.log(x): "with one over the logarithm",
                    },
                ),
                "intercept": Part(1, "the change of the intercept"),
                "slope": Part(0, others={1: "if the slope gained it as well"}),
            },
            lambda **_: {
                "the factor, twice": (37.0, 37.0),
                "the intercept's change, and the factor for the slope": (
                    np.log(37),
                    37.0,
                ),
            },
        ),
    },
    "1.4a": {
        "route": Route(
            lambda n, x, xx, y, xy, square: (n * xy - x * y) / (n * xx - square),
            {
                "n": Part(10, "n"),
                "x": Part(45.0, "Σx"),
                "xx": Part(285.0, "Σx²"),
                "y": Part(2500.7004, "Σy"),
                "xy": Part(11015.4665, "Σxy"),
                "square": Part(45.0**2, "(Σx)² in the determinant"),
            },
            lambda n, x, xx, y, xy, square: {
                "the slope with n left out before Σxy": (xy - x * y) / (n * xx - square)
            },
        ),
        "about": (lambda: line("335"), everybody),
    },
    "1.4b": {
        "route": Route(
            lambda intercept, c: intercept + c,
            {
                "intercept": Part(33.1222, "the intercept"),
                "c": Part(-1.5222, "the coefficient of C"),
            },
            lambda intercept, c: {"the size of C's coefficient": -c},
        ),
        "about": (lambda: lm("angle ~ recipe", load_cake()),),
    },
    "1.4c": {
        "route": Route(
            own_line,
            {
                "who": someone("310"),
                "formula": Part(
                    LINE, others={"Reaction ~ I(Days + 1)": "with days from 1"}
                ),
            },
        ),
        "about": (lambda: line("310"), everybody),
    },
    "1.4d": {
        "route": Route(
            sigma,
            {
                "days": Part(
                    (7,),
                    others={
                        (): "with all days",
                        (7, 8, 9): "with the days before day 7 alone",
                        (7, 8): "without day 8 as well",
                    },
                ),
                "who": someone("308"),
                "divisor": Part(0),
            },
            lambda **_: {
                "the standard deviation of the nine reaction times": (
                    person("308").query("Days != 7")["Reaction"].std()
                )
            },
        ),
        "about": (lambda: lm(LINE, person("308").query("Days != 7")),),
    },
    "1.4e": {
        "route": Route(
            f_of_names,
            {
                "small": Part(LINE, others={MEAN: "against the mean"}),
                "large": Part(NAMES, others={LINE: "with the line for the names"}),
                "added": Part(8, "the number of added coefficients"),
                "left": Part(170, "the degrees of freedom that are left"),
            },
            lambda **_: {
                "the ratio of the two RSS": rss(everybody()) / rss(everybody(NAMES)),
                "the ratio of two residual standard deviations": (
                    everybody(NAMES).sigma / everybody().sigma
                ),
                "the p that belongs to F": stats.f.sf(
                    f_of_names(LINE, NAMES, 8, 170), 8, 170
                ),
            },
        ),
        "about": (everybody, lambda: everybody(NAMES)),
    },
    "1.4f": {
        "route": Route(
            lambda sigma, n: sigma / np.sqrt(n),
            {
                "sigma": Part(47.7149, "the residual standard deviation"),
                "n": Part(
                    180,
                    "the number of rows",
                    {
                        18: "with the number of people for that of rows",
                        10: "with the number of days for that of rows",
                        178: "with what is left, n - 2, for the number of rows",
                    },
                ),
            },
            lambda **_: {
                "the standard error of a mean, without days in the model": (
                    sleepstudy()["Reaction"].sem()
                )
            },
        ),
        "about": (everybody,),
    },
    "1.4g": {
        "route": Route(
            height_error,
            {
                "sigma": Part(47.7797, "σ"),
                "n": Part(10, "n"),
                "x": Part(12, "the day", {9: "for the last day", 3: "for day 3"}),
                "middle": Part(4.5, "the mean day"),
                "around": Part(DAYS, "Σ(x - 4.5)²", {285: "with Σx² for Σ(x - 4.5)²"}),
            },
            lambda **_: {
                "the sum of the standard errors": line("308").se @ [1, 12],
                "the slope's part alone": (
                    line("308").sigma * 7.5 / np.sqrt(DAYS)
                ),
            },
        ),
        "about": (lambda: line("308"),),
    },
    "1.5a": {
        "route": Route(
            lambda n, sd, pi, squares, half: (
                -n / 2 * np.log(2 * pi * sd**2) - squares / (half * sd**2)
            ),
            {
                "n": Part(3, "n"),
                "sd": Part(2.0, "σ"),
                "pi": Part(np.pi, "π"),
                "squares": Part(21.0, "the sum of squares"),
                "half": Part(2.0, "the 2 before σ² under the squares"),
            },
        ),
    },
    "1.5b": {
        "route": Route(
            lambda sigma, left, n: sigma * np.sqrt(left / n),
            {
                "sigma": Part(8.875, "the printed σ"),
                "left": Part(8, "the degrees of freedom"),
                "n": Part(10, "n"),
            },
        ),
        "about": (lambda: line("309"),),
    },
    "1.5c": {
        "route": Route(
            loss,
            {
                "who": someone("309"),
                "factor": Part(1, others={2: "when it is doubled", -1: "with the other sign"}),
                "small": Part(MEAN, others={ZERO: "without the intercept"}),
            },
            lambda **_: {
                "the difference of two sums of squares": (
                    rss(lm(MEAN, person("309"))) - rss(line("309"))
                ),
                "a p of the test of the slope": stats.chi2.sf(
                    2 * loss("309", 1, MEAN), 1
                ),
            },
        ),
        "about": (lambda: line("309"), lambda: lm(MEAN, person("309"))),
    },
    "1.5d": {
        "route": Route(
            lambda sign, factor, half: sign * np.log(factor) * half,
            {
                "sign": Part(-1, others={1: "with the other sign"}),
                "factor": Part(24.0, "the factor"),
                "half": Part(
                    1,
                    others={
                        0.5: "with another half",
                        2: "with log |XᵀX| that is not halved",
                    },
                ),
            },
        ),
    },
    "1.5e": {
        "route": Route(
            left_at,
            {
                "slope": Part(30.0, "the slope"),
                "who": Part("308", others={"309": "for subject 309"}),
                "level": Part(
                    "mean",
                    others={
                        "median": "with the median of what is left as intercept",
                        "zero": "without an intercept",
                        "own": "with the intercept of the best line",
                    },
                ),
            },
        ),
        "about": (lambda: line("308"),),
    },
    "1.5f": {
        "route": Route(
            fall,
            {
                "slope": Part(30.0, "the slope"),
                "n": Part(10, "n", {8: "with n - 2 for n", 5: "with n/2 for n"}),
            },
            lambda **_: {
                "the difference of the two sums of squares": (
                    left_at(30) - rss(line("308"))
                ),
                "the logarithm of the difference": np.log(left_at(30) - rss(line("308"))),
            },
        ),
    },
    "1.5g": {
        "route": Route(
            ends,
            {
                "spread": Part(18262.0, "the RSS"),
                "n": Part(10, "n", {8: "with n - 2 for n", 5: "with n/2 for n"}),
                "cut": Part(float(stats.chi2.ppf(0.95, 1)), "the cut"),
                "around": Part(DAYS, "Σx²"),
            },
        ),
        "about": (lambda: line("308"),),
        "follows": fall_at_ends,
    },
    "1.5h": {
        "route": Route(
            lambda values, means: (values - means) / values,
            {
                "values": Part(2, "the values of each person"),
                "means": Part(1, "the mean of each person"),
            },
        ),
        "follows": lambda _: (
            "2 J values are there, and J means are fitted to them: what does ML divide "
            "RSS by, and what would be right?"
        ),
    },
}
