"""Data sets whose response is one of two things: week 3."""

from mlm.datasets.files import read


def load_cbpp():
    """Lung disease in fifteen herds of cattle, as counts in four periods.

    Returns
    -------
    DataFrame, shape (56, 4)
        ``herd`` (categorical, 15 labels), ``incidence`` (new cases), ``size`` (animals
        at the start of the period) and ``period`` (categorical: 1 to 4).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Lesnoff et al. (2004), Prev. Vet. Med. 64, 101-114.  Data as in R's lme4.

    Examples
    --------
    >>> load_cbpp().shape
    (56, 4)
    """
    return read("cbpp", "herd", "period")


def load_contraception():
    """Use of contraception by women in sixty districts of Bangladesh.

    Returns
    -------
    DataFrame, shape (1934, 6)
        ``woman`` (1 to 1934), ``district`` (categorical, 60 labels), ``use``
        (categorical: N, Y), ``livch`` (living children, categorical: 0, 1, 2, 3+),
        ``age`` (years, centred) and ``urban`` (categorical: N, Y).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Steele, Diamond & Amin (1996), J. R. Stat. Soc. A 159, 289-299.  Data as in R's
    mlmRev.

    Examples
    --------
    >>> load_contraception().shape
    (1934, 6)
    """
    return read("contraception", "district", "use", "livch", "urban")


def load_mtcars():
    """Thirty-two cars of the year 1974: fuel, weight, gears.

    Returns
    -------
    DataFrame, shape (32, 12)
        ``car`` (its name) and eleven numbers; among them ``mpg`` (miles per US gallon),
        ``wt`` (1000 lb), ``am`` (1 if gears are changed by hand, else 0) and ``carb``
        (number of carburettors).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Henderson & Velleman (1981), Biometrics 37, 391-411.  Data as in R.

    Examples
    --------
    >>> load_mtcars().shape
    (32, 12)
    """
    return read("mtcars")


def load_simulated_pas():
    """Simulated trials of a perception task with a rating of how clear it was.

    Nobody took part: `provenance` tells how the numbers were made.

    Returns
    -------
    DataFrame, shape (3456, 6)
        ``subject`` (categorical, 24 labels), ``task`` (categorical: singles, pairs,
        quadruplet), ``trial`` (1 to 144), ``pas`` (Perceptual Awareness Scale,
        categorical: 1 to 4), ``correct`` (0 or 1) and ``rt`` (s).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_simulated_pas().shape
    (3456, 6)
    """
    return read(
        "simulated_pas", "subject", "pas", task=("singles", "pairs", "quadruplet")
    )


def load_simulated_recognition():
    """Simulated trials of a recognition task, right or wrong, in two experiments.

    Returns
    -------
    DataFrame, shape (1968, 4)
        ``experiment`` (1a, 1b), ``subject`` (categorical, 41 labels), ``trial`` (1 to
        48) and ``correct`` (0 or 1).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_simulated_recognition().shape
    (1968, 4)
    """
    return read("simulated_recognition", "experiment", "subject")


def load_simulated_staircase():
    """Simulated trials of a two-alternative task whose contrast adapts.

    Nobody took part: `provenance` tells how the numbers were made.

    Returns
    -------
    DataFrame, shape (1440, 4)
        ``subject`` (categorical, 24 labels), ``trial`` (1 to 60), ``contrast`` (0 to 1)
        and ``correct`` (0 or 1).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_simulated_staircase().shape
    (1440, 4)
    """
    return read("simulated_staircase", "subject")


def load_titanic():
    """Who survived the sinking of the Titanic: 1309 passengers.

    Returns
    -------
    DataFrame, shape (1309, 5)
        ``name``, ``survived`` (categorical: no, yes), ``sex`` (categorical: female,
        male), ``age`` (years, 263 missing) and ``passengerClass`` (categorical: 1st,
        2nd, 3rd).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Dawson (1995), J. Stat. Educ. 3(3).  Data as in R's carData.

    Examples
    --------
    >>> load_titanic().shape
    (1309, 5)
    """
    return read("titanic", "survived", "sex", "passengerClass")


def load_toenail():
    """Infected toenails of 294 patients under two treatments.

    Returns
    -------
    DataFrame, shape (1908, 5)
        ``patientID`` (categorical, 294 labels), ``outcome`` (categorical: none or mild,
        moderate or severe), ``treatment`` (categorical: itraconazole, terbinafine),
        ``time`` (months) and ``visit`` (1 to 7).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    De Backer et al. (1998), J. Am. Acad. Dermatol. 38, S57-S63.  Data as in R's
    HSAUR3.

    Examples
    --------
    >>> load_toenail().shape
    (1908, 5)
    """
    return read(
        "toenail",
        "patientID",
        "treatment",
        outcome=("none or mild", "moderate or severe"),
    )


def load_wells():
    """Who changed to another well, of 3020 households with arsenic in theirs.

    Returns
    -------
    DataFrame, shape (3020, 5)
        ``switch`` (1 if they did, else 0), ``arsenic`` (100 µg/l), ``distance`` (m to
        the nearest safe well), ``education`` (years) and ``association`` (1 if somebody
        of the household is in a community organisation, else 0).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Gelman & Hill (2007), chapter 5.  Data as in R's carData.

    Examples
    --------
    >>> load_wells().shape
    (3020, 5)
    """
    return read("wells")
