"""Formulas that need no scripts: behind the TeX of each stands the same in MathML.

Where scripts run, MathJax sets the TeX, and the browser passes over the MathML.  Where
they do not, it is the other way round: the TeX is hidden.
"""

from contextlib import suppress

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.ext.mathjax import html_visit_displaymath, html_visit_math
from sphinx.util import logging

logger = logging.getLogger(__name__)
converter = LatexToMathML(fancy_error=False)
HIDE_TEX = "<noscript><style>.tex { display: none }</style></noscript>"


def mathml(tex, display):
    """A formula as MathML.

    Parameters
    ----------
    tex : str
    display : bool
        Whether it stands in a line of its own.

    Raises
    ------
    LatexError
        If the converter does not know what it should become.
    """
    return converter.convert_with_local_state(tex, displaystyle=display)


def _without_scripts(node, display):
    try:
        return f"<noscript>{mathml(node.astext(), display)}</noscript>"
    except LatexError as error:
        logger.warning("no MathML: %s: %s", node.astext(), error, location=node)
        return ""


def visit_math(self, node):
    """Write a formula within a line, and raise SkipNode as Sphinx's own does."""
    with suppress(nodes.SkipNode):
        html_visit_math(self, node)
    tex = self.body.pop().removesuffix("</span>")
    other = _without_scripts(node, display=False)
    self.body.append(f'<span class="tex">{tex}</span>{other}</span>')
    raise nodes.SkipNode


def visit_math_block(self, node):
    """Write a formula in a line of its own; its number is shown either way."""
    start = len(self.body)
    with suppress(nodes.SkipNode):
        html_visit_displaymath(self, node)
    opening = self.builder.config.mathjax_display[0]
    tex = start + 1 if node["nowrap"] else self.body.index(opening, start)
    other = _without_scripts(node, display=True)
    self.body[tex:-1] = ['<span class="tex">', *self.body[tex:-1], "</span>", other]
    raise nodes.SkipNode


def hide_tex(app, pagename, templatename, context, doctree):
    """Hide the TeX where nothing will set it."""
    context["metatags"] = context.get("metatags", "") + HIDE_TEX


def setup(app):
    """Register with Sphinx."""
    app.add_node(nodes.math, html=(visit_math, None), override=True)
    app.add_node(nodes.math_block, html=(visit_math_block, None), override=True)
    app.connect("html-page-context", hide_tex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
