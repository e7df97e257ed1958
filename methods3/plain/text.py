"""MyST as Markdown that needs no Sphinx: one text, with what answers its references.

A text is read once, from its start: code and formulas are passed over, and each word
of MyST becomes plain words.  A word that is not known is an error that names it, so
none is left for a reader to puzzle over.
"""

import re
import textwrap

FENCE = re.compile(r"^( *)(`{3,}|~{3,}|:{3,})(?:\{([\w-]+)\})?[ \t]*(.*)$")
OPTION = re.compile(r"^:([\w-]+): *(.*)$")
LABEL = re.compile(r"^\([\w-]+\)=\n?", re.MULTILINE)
MARKER = re.compile(r"<!--=.*?-->", re.DOTALL)
NOSCRIPT = re.compile(r"^<noscript>.*?</noscript>\n*", re.DOTALL | re.MULTILINE)
# What becomes other words, and what is passed over because it is read as it stands.
TOKEN = re.compile(
    r"""
    \{(?P<role>[\w:]+)\}`(?P<body>[^`]+)`
    | (?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\n).)*?(?<!`)(?P=ticks)(?!`))
    | \$\$(?P<maths>(?:(?!\$\$).)+)\$\$(?:[ ]*\((?P<label>[\w-]+)\))?
    | (?P<inline>\$[^$\n]+\$)
    | (?P<bare>\[)?\]\(<?(?P<target>[^)\s>]+)>?\)
    | <a[ ]href="(?P<href>[^"]+)"
    """,
    re.VERBOSE | re.DOTALL,
)
NAMED = re.compile(r"(.*?)\s*<([^<>]+)>", re.DOTALL)
# Boxes: in plain Markdown, a quotation.
BOXES = {"margin", "note", "tip", "hint", "important", "warning", "caution", "seealso"}
TITLED = {"admonition", "dropdown", "tab-item"}


def plain_text(text, here):
    """Write a text of MyST as plain Markdown.

    Parameters
    ----------
    text : str
        Of a page, or of a Markdown cell.
    here : Page
        Where it stands: it says what references, links and numbers become.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it has a role or directive that has no plain words.
    """
    text = NOSCRIPT.sub("", MARKER.sub("", text))
    return "\n".join(_blocks(text.split("\n"), here))


def fences(lines):
    """Split lines into prose and fenced blocks.

    Parameters
    ----------
    lines : list of str

    Yields
    ------
    tuple
        Of the match of the fence (None for prose), and the lines inside.
    """
    prose, at = [], 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if not fence:
            prose.append(lines[at])
            at += 1
            continue
        if prose:
            yield None, prose
            prose = []
        closing = re.compile(rf" *{fence[2][0]}{{{len(fence[2])},}} *$")
        after = range(at + 1, len(lines))
        end = next((i for i in after if closing.match(lines[i])), len(lines))
        yield fence, lines[at + 1 : end]
        at = end + 1
    if prose:
        yield None, prose


def _blocks(lines, here):
    for fence, inside in fences(lines):
        if fence is None:
            yield _prose("\n".join(inside), here)
        elif fence[3] is None:
            indent = fence[1]
            yield from [fence[0], *inside, indent + fence[2]]
        else:
            yield _directive(fence[3], fence[4], inside, here)


def _prose(text, here):
    return TOKEN.sub(lambda token: _plain_token(token, here), LABEL.sub("", text))


def _plain_token(token, here):
    if token["role"]:
        return _role(token["role"], token["body"], here)
    if token["label"]:
        number = here.number(token["label"])
        return f"$${token['maths'].rstrip()} \\tag{{{number}}}\n$$"
    if token["href"]:
        return f'<a href="{here.link(token["href"])}"'
    if token["target"]:
        words = f"[{here.title(token['target'])}" if token["bare"] else ""
        return f"{words}]({here.link(token['target'])})"
    return token[0]


def _role(name, body, here):
    named = NAMED.fullmatch(body)
    words, target = named.groups() if named else (None, body)
    if name == "term":
        return words or target
    if name in ("numref", "eq"):
        return here.reference(name, target)
    if name in ("ref", "doc"):
        target = f"#{target}" if name == "ref" else f"{target}.md"
        return f"[{words or here.title(target)}]({here.link(target)})"
    if name == "math":
        return f"${body}$"
    if name in ("cite:t", "cite:p"):
        return here.citation(body.split(","), parenthetical=name == "cite:p")
    raise ValueError(
        f"The role {{{name}}}`{body}` has no plain words. "
        "Write it otherwise, or give it some in methods3.plain.text."
    )


def _directive(name, argument, inside, here):
    options = {}
    while inside and (option := OPTION.match(inside[0])):
        options[option[1]] = option[2]
        inside = inside[1:]
    if name in BOXES | TITLED:
        title = argument or ("" if name == "margin" else name.capitalize())
        body = plain_text("\n".join(inside).strip("\n"), here)
        heading = f"**{_prose(title, here)}**\n\n" if title else ""
        return f"{heading}{body}\n" if name == "tab-item" else _quoted(heading + body)
    if name == "tab-set":
        return plain_text("\n".join(inside), here)
    if name == "only":
        return plain_text("\n".join(inside), here) if here.is_so(argument) else ""
    if name == "figure":
        caption = plain_text("\n".join(inside).strip("\n"), here)
        picture = f"![{options.get('alt', '')}]({here.picture(argument)})"
        return f"{picture}\n\n{here.caption(options.get('name'), caption)}"
    if name == "glossary":
        return _glossary(inside, here)
    if name == "bibliography":
        return here.bibliography()
    if name == "literalinclude":
        code = here.included(argument).rstrip("\n")
        return f"```{options.get('language', '')}\n{code}\n```"
    if name == "self-test":
        return here.self_test(argument)
    raise ValueError(
        f"The directive {{{name}}} has no plain words. "
        "Write it otherwise, or give it some in methods3.plain.text."
    )


def _quoted(text):
    """A block quotation."""
    return textwrap.indent(text, "> ", lambda line: True).replace("> \n", ">\n")


def _glossary(lines, here):
    """Each term, and what it means: a paragraph."""
    parts = []
    for line in lines:
        if line and not line.startswith(" "):
            parts.append(f"**{line}**: ")
        elif line.strip():
            parts[-1] += f"{line.strip()} "
    return _prose("\n\n".join(part.rstrip() for part in parts), here)
