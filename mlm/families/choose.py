"""From the words `family=` and `link=` to a `Family`."""

from mlm.families import links
from mlm.families.binomial import Binomial
from mlm.families.family import Family
from mlm.families.gaussian import Gaussian
from mlm.families.own import OwnLink, own_link
from mlm.families.poisson import Poisson
from mlm.families.standard import Guess
from mlm.ground.arguments import shown
from mlm.ground.errors import DataError

FAMILIES = {family.name: family for family in (Binomial, Poisson, Gaussian)}
SCALED = (
    "its scale has to be estimated with the rest, which is not done here. Fit the log "
    "of the response by mlm.lm or mlm.lmer, or use R's glm, statsmodels or glmmTMB."
)
QUASI = (
    "it has no likelihood. Fit the family itself: fit.dispersion says how much larger "
    "the residual variance is, and standard errors grow by its root."
)
# Families that others have, by their names without marks, and what to do instead.
REFUSED = {
    "gamma": SCALED,
    "inversegaussian": SCALED,
    "negativebinomial": "its shape has to be estimated with the rest, which is not done"
    " here. Fit family='poisson' and look at fit.dispersion; with mlm.glmer a random "
    "effect of each row, (1 | row), takes overdispersion up; or use R's glm.nb, "
    "statsmodels or glmmTMB.",
    "quasibinomial": QUASI,
    "quasipoisson": QUASI,
    "quasi": QUASI,
    "bernoulli": "it is family='binomial', with responses of 0 and 1.",
    "normal": "it is family='gaussian'.",
    "multinomial": "a response of several categories is not part of this library; "
    "compare two at a time, as in (y == 'a') ~ x.",
    "ordinal": "ordered categories are not part of this library; use R's clm.",
}
REFUSED |= {
    "negbin": REFUSED["negativebinomial"],
    "nbinom": REFUSED["negativebinomial"],
    "nbinom2": REFUSED["negativebinomial"],
    "nb": REFUSED["negativebinomial"],
}


def family_of(family, link=None):
    """Choose a family and its link.

    Parameters
    ----------
    family : str or Family
        ``"binomial"``, ``"poisson"`` or ``"gaussian"``; or one of another fit.
    link : str or object, optional
        Name of a link, or a link as `mlm.links` has them; the canonical one (logit,
        log, identity) if left out.

    Returns
    -------
    Family

    Raises
    ------
    DataError
        An unknown family or link, or a link whose means the family cannot have.
    """
    if isinstance(family, Family):
        return family if link is None else family.with_link(_link_of(family, link))
    known = ", ".join(map(repr, FAMILIES))
    if not isinstance(family, str):
        raise DataError(f"family is one of {known}, not {shown(family)}.")
    name = family.strip().lower()
    if name not in FAMILIES:
        plain = "".join(filter(str.isalnum, name))
        if plain in REFUSED:
            raise DataError(f"no family {family!r}: {REFUSED[plain]}")
        link = "; a link is an argument of its own, link='probit'" * ("(" in name)
        raise DataError(f"no family {family!r}; there are: {known}{link}.")
    kind = FAMILIES[name]
    return kind() if link is None else kind(_link_of(kind, link))


def _link_of(kind, link):
    """Link of a family, by its name or as it is."""
    if isinstance(link, str):
        if link not in links.KNOWN:
            known = ", ".join(map(repr, kind.named))
            raise DataError(
                f"no link {link!r}; of family {kind.name!r} there are: {known}, "
                "mlm.links.guess(1/2), and objects with link, inverse and derivative."
            )
        link = links.KNOWN[link]
    link = own_link(link)
    if isinstance(link, OwnLink):
        return link
    if isinstance(link, Guess) and kind.has_trials:
        return link
    if link.name not in kind.named:
        known = ", ".join(map(repr, kind.named))
        raise DataError(
            f"the link {link.name!r} is of probabilities, which means of family "
            f"{kind.name!r} are not; there are: {known}."
        )
    return link
