"""What is said of the options of a question of the self-test."""


def verdict(option):
    """What is said of an option of the self-test: on the page, and in plain Markdown.

    Parameters
    ----------
    option : dict
        The right one has a ``section``; others a ``belief`` behind them, or what to
        ``read``.

    Returns
    -------
    tuple of str
        Whether it is right, in words, and where there is more, as a link.
    """
    if "section" in option:
        return "Right.", f"More in [](<{option['section']}>)."
    if "belief" in option:
        return "Not so.", f"Behind it stands [](<#{option['belief']}>)."
    return "Not so.", f"More in [](<{option['read']}>)."


def answer(option):
    """An option with what is said of it, in one line."""
    lead, more = verdict(option)
    why = " ".join(option["why"].split())
    return f"- {option['text'].strip()} **{lead}** {why} {more}"
