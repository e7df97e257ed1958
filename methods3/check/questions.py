"""Questions of the exercises: the answer, and the wrong answers that students give."""

from collections.abc import Callable
from dataclasses import dataclass, field

from methods3.check.routes import Route

# Significant digits to which answers agree where every digit counts.
ALL = 9


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students give, and what to say to it.

    Parameters
    ----------
    answer : callable
        Gives the wrong answer; computed from the data when it is needed.
    message : str
        What went wrong, in the student's terms, and where to look.
    """

    answer: Callable
    message: str


@dataclass(frozen=True)
class Question:
    """The answer to a question of the exercises, and how it is compared.

    Parameters
    ----------
    answer : callable
        Gives the answer, computed from the data when it is asked for: a number, a
        string, a bool, or a list, an array or a table of one of these.
    unit : str
        Of the answer, such as ``"ms"``.
    kind : str
        What the number is, such as ``"standard deviation"``: it decides which general
        slips can be meant, and is told where nothing is recognised.
    digits : int
        Significant digits wanted of a number.
    exact : bool
        Whether every digit counts: in counts, codes and shapes.
    unordered : bool
        Whether what is listed is right in any order; the answer is then sorted.
    within : float
        How far off a simulated answer may be: another seed is as right.
    mistakes : tuple of Mistake
        Tried in this order.
    route : Route, optional
        How the answer is computed, so that one wrong step can be told.
    about : dict of str to callable
        Fits that the question is about, by what they are: a number from a wrong place
        of a print-out is told by its place.
    follows : callable, optional
        Takes a wrong number, whatever led there, and says what would follow from it;
        nothing where it cannot be the answer at all.
    hint : str
        What to look at where nothing is recognised.
    judge : callable, optional
        Where many answers are right, of which `answer` gives one: says what is wrong
        with an answer, and nothing if it is right.
    """

    answer: Callable
    unit: str = ""
    kind: str = "number"
    digits: int = 4
    exact: bool = False
    unordered: bool = False
    within: float = 0.0
    mistakes: tuple[Mistake, ...] = ()
    route: Route | None = None
    about: dict[str, Callable] = field(default_factory=dict)
    follows: Callable | None = None
    hint: str = "Which step are you least sure of? Try it alone."
    judge: Callable | None = None

    @property
    def counts(self):
        """Whether it is counted, so that one more is as wrong as ten."""
        return self.exact or self.kind.startswith("number of")

    @property
    def precision(self):
        """Significant digits to which numbers are compared."""
        return ALL if self.exact else self.digits
