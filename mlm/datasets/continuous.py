"""Data sets whose response is measured: weeks 1 and 2, and benchmarks."""

from mlm.datasets.files import read


def load_sleepstudy():
    """Reaction times of 18 people over ten days of restricted sleep.

    Days 0 and 1 were training and day 2 the baseline; sleep restriction (3 hours
    in bed) began after day 2.  `provenance` tells the rest.

    Returns
    -------
    DataFrame, shape (180, 3)
        ``Reaction`` (ms, the day's average), ``Days`` (0 to 9) and ``Subject``
        (categorical, 18 labels).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    References
    ----------
    Belenky et al. (2003), J. Sleep Res. 12, 1-12.  Data as in R's lme4.

    Examples
    --------
    >>> load_sleepstudy().shape
    (180, 3)
    """
    return read("sleepstudy", "Subject")


def load_dyestuff():
    """Yield of dyestuff from six batches, five samples a batch.

    Returns
    -------
    DataFrame, shape (30, 2)
        ``Batch`` (categorical, 6 labels) and ``Yield`` (grams of standard colour).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_dyestuff().shape
    (30, 2)
    """
    return read("dyestuff", "Batch")


def load_dyestuff2():
    """Constructed data like `load_dyestuff`, whose best variance between batches is 0.

    Returns
    -------
    DataFrame, shape (30, 2)
        ``Batch`` (categorical, 6 labels) and ``Yield`` (no unit).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_dyestuff2().shape
    (30, 2)
    """
    return read("dyestuff2", "Batch")


def load_penicillin():
    """Test of six samples of penicillin on 24 plates: two crossed factors.

    Returns
    -------
    DataFrame, shape (144, 3)
        ``diameter`` (mm), ``plate`` and ``sample`` (categorical, 24 and 6 labels).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_penicillin().shape
    (144, 3)
    """
    return read("penicillin", "plate", "sample")


def load_pastes():
    """Strength of a chemical paste: three casks in each of ten batches, two tests each.

    Returns
    -------
    DataFrame, shape (60, 4)
        ``strength``, ``batch`` (10 labels), ``cask`` (3 labels: within its batch) and
        ``sample`` (30 labels: batch and cask).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_pastes().shape
    (60, 4)
    """
    return read("pastes", "batch", "cask", "sample")


def load_cake():
    """Breakage angle of chocolate cakes: three recipes baked at six temperatures.

    Returns
    -------
    DataFrame, shape (270, 5)
        ``replicate`` (15 labels), ``recipe`` (3 labels), ``temperature`` (the same as
        ``temp``, but categorical), ``angle`` (degrees) and ``temp`` (°F).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_cake().shape
    (270, 5)
    """
    return read("cake", "replicate", "recipe", "temperature")


def load_insteval():
    """Ratings of lectures by students, at a size that needs sparse matrices.

    Returns
    -------
    DataFrame, shape (73421, 7)
        ``s`` (2972 students), ``d`` (1128 lecturers), ``studage``, ``lectage``,
        ``service``, ``dept`` (categorical) and ``y`` (rating, 1 to 5).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_insteval().shape
    (73421, 7)
    """
    return read("insteval", "s", "d", "studage", "lectage", "service", "dept")


def load_radon():
    """Radon in houses of Minnesota, by county.

    Returns
    -------
    DataFrame, shape (919, 6)
        ``county`` (85 labels), ``floor`` (0 basement, 1 first floor), ``activity``
        (pCi/L), ``log_radon`` (its natural logarithm, 0 counting as 0.1, as in the
        book), ``log_radon_plus01`` (logarithm of activity + 0.1, as in some packages)
        and ``log_uranium`` (natural logarithm of the county's soil uranium, ppm).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_radon().shape
    (919, 6)
    """
    return read("radon", "county")


def load_minnesota():
    """Outlines of Minnesota's counties, to draw maps of `load_radon` with.

    Returns
    -------
    DataFrame, shape (1725, 3)
        ``county`` (87 labels; radon was measured in 85 of them), ``longitude`` and
        ``latitude`` (degrees): the corners of each county, in order along its border.

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_minnesota().shape
    (1725, 3)
    """
    return read("minnesota", "county")


def load_simulated_epochs():
    """Simulated single trials of brain activity, with many trials lost.

    Returns
    -------
    DataFrame, shape (1158, 4)
        ``subject`` (categorical, 16 labels), ``condition`` (categorical:
        correct_rejection, hit), ``trial`` (1 to 60) and ``power`` (log alpha power).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_simulated_epochs().shape
    (1158, 4)
    """
    return read("simulated_epochs", "subject", "condition")


def load_simulated_politeness():
    """Simulated politeness study: 16 speakers in 7 scenarios, polite and informal.

    Nobody was recorded: `provenance` tells how the numbers were made.

    Returns
    -------
    DataFrame, shape (224, 7)
        ``subject`` (categorical, 16 labels), ``gender`` (categorical: F, M),
        ``scenario`` (1 to 7: numbers, though they are labels), ``attitude``
        (categorical: informal, polite), ``total_duration`` (s), ``f0mn`` (mean pitch in
        Hz, 12 missing) and ``hisses`` (a count).

    Raises
    ------
    DataError
        If the file in the package has been altered.

    Examples
    --------
    >>> load_simulated_politeness().shape
    (224, 7)
    """
    return read("simulated_politeness", "subject", "gender", "attitude")
