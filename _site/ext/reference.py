"""The reference: what docstrings say, and links to it from every page.

`{reference} mlm` with names, one a line, becomes a table of these names, and an entry
for each, by Sphinx's autosummary and autodoc.  Code in the text that begins with such a
name (`mlm.lmer`, `fit.confint()`) leads to its entry, where a page first has it.
"""

import gc
import inspect
import re
from functools import cache, cached_property
from importlib import import_module

from docutils import nodes
from sphinx import addnodes
from sphinx.ext import autosummary

from mlm.ground.names import table
from mlm.results.fitted import FittedModel

BLOCK = re.compile(r"^```\{reference\} ([\w.]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOOTNOTE = re.compile(r"^\.\. (?=\[\d+\] )|(?<=\[\d\])_\b")
# What a text calls a thing, and where in the reference it is; the first that has it.
FITS = (
    "mlm.LinearMixedModel",
    "mlm.LinearModel",
    "mlm.GeneralizedLinearMixedModel",
    "mlm.GeneralizedLinearModel",
)
CALLED = {
    "fit": FITS,
    "design": ("mlm.Design",),
    "plots": ("mlm.plots",),
    "links": ("mlm.links",),
    "explore": ("methods3.explore",),
}
# Classes of Python, of which nobody needs to be told here.
OTHERS = "Mapping, Sequence, dict"
# The same for names without a dot: those of the course, and in the reference all.
ALONE = {
    "check": ("methods3.check",),
    "progress": ("methods3.check",),
    "check_setup": ("methods3.doctor",),
}
BARE = ("mlm", *FITS, "mlm.plots", "mlm.datasets.files", "mlm.engine.profiled")
BARE += ("mlm.formula.parse", "mlm.results.components", "mlm.results.deletion")
BARE += ("mlm.results.profile", "mlm.results.refits", "mlm.results.summary")
CODE = re.compile(r"((?:\w+\.)*\w+)(?=\W|$)")
COLON = "\ue000"
# A word in docstrings between single backticks is code, and so is a list of choices.
CHOICES = re.compile(r"(?<=: )(\{.*\})(?=$|,)")
NAME = re.compile(r"(?<![`:])`([^`\n]+)`(?!`)")


def expand(app, docname, source):
    """Let autodoc write what a page of the reference lists."""
    source[0] = BLOCK.sub(lambda block: entries(block[1], block[2].split()), source[0])


def entries(module, names):
    """The table of some names of a module, and an entry for each, in Sphinx's words."""
    lines = ["```{eval-rst}", f".. currentmodule:: {module}", ""]
    lines += [".. autosummary::", "   :nosignatures:", ""]
    lines += [f"   ~{name}" if "." in name else f"   {name}" for name in names]
    for name in names:
        lines += ["", *entry(module, name)]
    return "\n".join([*lines, "```"])


def entry(module, name):
    """The directive of one entry: what it is says the object itself."""
    owner = import_module(module)
    *within, last = name.split(".")
    for part in within:
        owner = getattr(owner, part)
    thing = inspect.getattr_static(owner, last)
    of_class = inspect.isclass(owner)
    if inspect.isclass(thing):
        kind = "class"
    elif inspect.isfunction(thing) or isinstance(thing, classmethod):
        kind = "method" if of_class else "function"
    elif isinstance(thing, property | cached_property):
        kind = "property"
    else:
        kind = "attribute" if of_class else "data"
    yield f".. auto{kind}:: {module}::{name}"
    if kind == "class" and not issubclass(thing, (FittedModel, BaseException)):
        yield from ("   :members:", f"   :inherited-members: {OTHERS}")


# ---- Docstrings. ----


def mark_code(app, what, name, obj, options, lines):
    """Mark code as code, before napoleon reads the sections."""
    for pattern, marked in ((CHOICES, r"``\1``"), (NAME, r"``\1``"), (FOOTNOTE, "")):
        lines[:] = [pattern.sub(marked, line) for line in lines]
    if what == "property":  # napoleon takes what is before a colon for a type
        lines[:] = [line.replace(":", COLON) for line in lines]


def add_names(app, what, name, obj, options, lines):
    """Say how others call it."""
    lines[:] = [line.replace(COLON, ":") for line in lines]
    typed = elsewhere().get(name.rsplit(".", 1)[-1], ())
    if typed and name.startswith("mlm."):
        lines += ["", f"*In R and elsewhere:* {', '.join(typed)}.", ""]


@cache
def elsewhere():
    """Names of R and other libraries, by the name that has them here."""
    found = {}
    for row in table()["names"]:
        code = re.search(r"\b(?:fit|mlm|plots)\.([a-z]\w*)", row["python"])
        if code:
            typed = (word for word in row["typed"] if word != code[1])
            found.setdefault(code[1], {}).update(dict.fromkeys(typed))
    return found


def drop_signature(app, what, name, obj, options, signature, returned):
    """Hide how a class is made: what students call makes it."""
    return ("", None) if what == "class" else None


# ---- Links. ----


def call_it_fit(app, doctree, docname):
    """Write the methods of a fit as they are called."""
    for owner in doctree.findall(addnodes.desc_addname):
        if owner.astext() == "LinearMixedModel.":
            owner.children = [nodes.Text("fit.")]


def link_code(app, doctree, docname):
    """Let code in the text lead to its entry, where a page first has it."""
    objects = app.env.get_domain("py").objects
    within = docname.startswith("pages/reference/")
    kinds = (nodes.literal, nodes.emphasis, nodes.strong)[: 3 if within else 1]
    seen = set()
    for code in list(doctree.findall(lambda node: isinstance(node, kinds))):
        text = code.astext()
        found = find(text, objects, BARE if within else ())
        # Among names of arguments only that of a class is meant: an error, a result.
        if not isinstance(code, nodes.literal) and not text[:1].isupper():
            continue
        if not found or found in seen or not is_text(code, found):
            continue
        seen.add(found)
        place, anchor = objects[found].docname, objects[found].node_id
        address = app.builder.get_relative_uri(docname, place)
        link = nodes.reference("", "", internal=True, refuri=f"{address}#{anchor}")
        code.replace_self(link)
        link += code


def is_text(node, name):
    """Whether a node is neither in a link, nor in a heading, nor in its own entry."""
    while node is not None:
        if isinstance(node, nodes.reference | nodes.title | addnodes.desc_signature):
            return False
        if isinstance(node, addnodes.desc) and name in node[0]["ids"]:
            return False
        node = node.parent
    return True


def find(code, objects, bare=()):
    """Find the entry of what a piece of code begins with.

    Parameters
    ----------
    code : str
        As a text has it.
    objects : collection of str
        Names of all entries.
    bare : sequence of str
        Where names without a dot are looked for.

    Returns
    -------
    str or None
    """
    match = CODE.match(code)
    if not match:
        return None
    first, *rest = match[1].split(".")
    starts = CALLED.get(first, ()) if rest else (*bare, *ALONE.get(first, ()))
    for start in starts:
        name = f"{start}.{rest[0] if rest else first}"
        if name in objects:
            return name
    parts = [first, *rest]
    names = (".".join(parts[:n]) for n in range(len(parts), 1, -1))
    return next((name for name in names if name in objects), None)


def setup(app):
    """Register with Sphinx."""
    # Else the first sentence of a docstring ends there.
    autosummary.WELL_KNOWN_ABBREVIATIONS += ("eq.",)
    # Trees of many nodes are read and dropped, page by page: to look through all of
    # them for cycles, again and again, took a third of the build.
    gc.disable()
    app.connect("build-finished", lambda app, exception: gc.enable())
    app.connect("source-read", expand)
    app.connect("autodoc-process-docstring", mark_code, priority=400)
    app.connect("autodoc-process-docstring", add_names, priority=600)
    app.connect("autodoc-process-signature", drop_signature)
    app.connect("doctree-resolved", call_it_fit)
    app.connect("doctree-resolved", link_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
