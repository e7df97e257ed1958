"""Data sets whose response is counted: week 3."""

from mlm.datasets.files import read


def load_grouseticks():
    """Ticks on red grouse chicks, counted over three years.

    Returns
    -------
    DataFrame, shape (403, 7)
        ``INDEX`` (categorical: the chick), ``TICKS`` (a count), ``BROOD`` (categorical,
        118 labels), ``HEIGHT`` (m), ``YEAR`` (categorical: 95, 96, 97), ``LOCATION``
        (categorical, 63 labels) and ``cHEIGHT`` (m, centred).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Elston et al. (2001), Parasitology 122, 563-569.  Data as in R's lme4.

    Examples
    --------
    >>> load_grouseticks().shape
    (403, 7)
    """
    return read("grouseticks", "INDEX", "BROOD", "YEAR", "LOCATION")


def load_insurance():
    """Claims of car insurance, with the number of policies behind each count.

    Returns
    -------
    DataFrame, shape (64, 5)
        ``District`` (categorical: 1 to 4), ``Group`` (size of the engine in litres,
        categorical: <1l, 1-1.5l, 1.5-2l, >2l), ``Age`` (years, categorical: <25, 25-29,
        30-35, >35), ``Holders`` (policies) and ``Claims`` (a count).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Baxter, Coutts & Ross (1980), in Proc. 14th World Congress of Actuaries.  Data
    as in R's MASS.

    Examples
    --------
    >>> load_insurance().shape
    (64, 5)
    """
    return read(
        "insurance",
        "District",
        Group=("<1l", "1-1.5l", "1.5-2l", ">2l"),
        Age=("<25", "25-29", "30-35", ">35"),
    )


def load_quine():
    """Days that 146 pupils were absent from school in one year.

    Returns
    -------
    DataFrame, shape (146, 5)
        ``Eth`` (categorical: A, N), ``Sex`` (categorical: F, M), ``Age`` (categorical:
        F0 to F3), ``Lrn`` (categorical: AL, SL) and ``Days`` (a count).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Quine, in Aitkin (1978), J. R. Stat. Soc. A 141, 195-223.  Data as in R's MASS.

    Examples
    --------
    >>> load_quine().shape
    (146, 5)
    """
    return read("quine", "Eth", "Sex", "Age", "Lrn")


def load_warpbreaks():
    """Breaks of yarn on 54 looms, by wool and tension.

    Returns
    -------
    DataFrame, shape (54, 3)
        ``breaks`` (a count), ``wool`` (categorical: A, B) and ``tension`` (categorical:
        L, M, H).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Tukey (1977), Exploratory Data Analysis; Tippett (1950).  Data as in R.

    Examples
    --------
    >>> load_warpbreaks().shape
    (54, 3)
    """
    return read("warpbreaks", "wool", tension=("L", "M", "H"))


def load_wool():
    """Cycles until a thread of wool breaks, in 27 runs.

    Returns
    -------
    DataFrame, shape (27, 4)
        ``len`` (length of the thread, mm), ``amp`` (amplitude of the cycle, mm),
        ``load`` (g) and ``cycles`` (a count).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Box & Cox (1964), J. R. Stat. Soc. B 26, 211-252.  Data as in R's carData.

    Examples
    --------
    >>> load_wool().shape
    (27, 4)
    """
    return read("wool")
