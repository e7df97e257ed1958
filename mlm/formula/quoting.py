"""What stands in quotes and backticks: kept out of the way while the rest is read."""

import re

QUOTED = re.compile(r"""`[^`]*`|'[^']*'|"[^"]*\"""")


def shield(text):
    """Replace what stands in quotes and backticks by words that no parser trips over.

    Returns
    -------
    str
    dict of str to str
        What each of these words stands for, quotes included.
    """
    stem = "_quoted"
    while stem in text:
        stem += "_"
    quoted = {}

    def word(match):
        name = f"{stem}{len(quoted)}_"
        quoted[name] = match[0]
        before, after = text[match.start() - 1 : match.start()], text[match.end() :][:1]
        apart = [" " if re.match(r"[\w'\"`]", c) else "" for c in (before, after)]
        return f"{apart[0]}{name}{apart[1]}"  # f'x' is no name

    return QUOTED.sub(word, text), quoted


def unshield(text, quoted):
    """What was written before `shield`."""
    return re.sub(r"\w+", lambda word: quoted.get(word[0], word[0]), text)


def masked(text):
    """The text with what is quoted made blank, of the same length."""
    return QUOTED.sub(lambda m: m[0][0] + "_" * (len(m[0]) - 2) + m[0][-1], text)


def outside_quotes(text, pattern, replacement):
    """Replace what is not within quotes and backticks."""
    pieces = re.split(f"({QUOTED.pattern})", text)
    pieces[::2] = [re.sub(pattern, replacement, piece) for piece in pieces[::2]]
    return "".join(pieces)
