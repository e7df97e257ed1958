"""The self-test: `{self-test} file.toml` becomes questions that answer back.

It says which HTML there is; the questions stand in the file, and how an answer is shown
is the business of course.css, without scripts, and of course.js, with them.
"""

import tomllib
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from methods3.plain import verdict
from methods3.plain.text import MARKER


class Tag(nodes.General, nodes.TextElement):
    """An HTML element: its name is `tag`, and its attributes are `html`."""


def tag(element, /, *children, **html):
    """A Tag with children; `class_` is the attribute class, `aria_live` aria-live."""
    html = {key.rstrip("_").replace("_", "-"): value for key, value in html.items()}
    texts = (nodes.Text(c) if isinstance(c, str) else c for c in children)
    return Tag("", "", *texts, tag=element, html=html)


def open_tag(self, node):
    """Write a start tag."""
    html = "".join(f' {key}="{escape(value)}"' for key, value in node["html"].items())
    self.body.append(f"<{node['tag']}{html}>")


def close_tag(self, node):
    """Write an end tag; an <input> has none."""
    if node["tag"] != "input":
        self.body.append(f"</{node['tag']}>\n")


class SelfTest(SphinxDirective):
    """A form for each question of a TOML file, and a count of right answers."""

    required_arguments = 1

    def run(self):
        """Read the file; references in it are resolved like any other."""
        file, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(file)
        asked = tomllib.loads(Path(path).read_text("utf-8"))["question"]
        forms = [self.form(f"q{i}", i, q) for i, q in enumerate(asked, start=1)]
        # Both regions are there from the start, so that what comes in is announced.
        count = tag("p", class_="count", role="status", aria_live="polite")
        return [tag("div", *forms, count, class_="self-test")]

    def form(self, name, number, question):
        """One question: its options, and a place where the answer is said."""
        legend = tag("legend", f"{number}. ", *self.inline(question["stem"]))
        printed = [tag("pre", question["prints"])] if "prints" in question else []
        options = [
            self.option(name, f"{name}-{i}", option)
            for i, option in enumerate(question["option"], start=1)
        ]
        # Disabled until course.js listens: else Enter would load the page anew.
        check = tag("button", "Check", type="submit", disabled="")
        said = tag("div", class_="said", role="status", aria_live="polite")
        fieldset = tag("fieldset", legend, *printed, *options, check, said)
        return tag("form", fieldset, id=name, autocomplete="off")

    def option(self, name, key, option):
        """A radio button, its label, and the answer to whoever chooses it."""
        right = "section" in option
        value = "right" if right else option.get("belief", "wrong")
        said, more = verdict(option)
        lead = tag("strong", said)
        why = self.inline(f"{option['why'].strip()}\n{more}")
        return tag(
            "div",
            tag("input", type="radio", name=name, id=key, value=value, required=""),
            tag("label", *self.inline(option["text"]), for_=key),
            tag("p", lead, " ", *why, class_="answer"),
            class_="option",
        )

    def inline(self, text):
        """Parse a line of Markdown, without what computes its numbers."""
        parsed, messages = self.parse_inline(MARKER.sub("", text).strip())
        return parsed + messages


def setup(app):
    """Register the directive with Sphinx."""
    app.add_node(Tag, html=(open_tag, close_tag))
    app.add_directive("self-test", SelfTest)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
