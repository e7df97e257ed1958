"""The course's address in the site: where it is set, and nowhere else.

Whatever leads from a page to the course elsewhere needs an address: launch buttons,
"edit this page", the form for a problem, the canonical address, the site map, and what
a shared link shows.  scripts/published.py says where the address comes from.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from course import buttons
from docutils import nodes
from finished import once_built

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))

from address import find_address
from published import BRANCH, publish_pages, published_workflow, wheel_address

from methods3.plain import ADDRESS, SITE_ALONE
from methods3.plain.course import STUDENT

WORKFLOW = Path("exercises", "workflow.yml")
# Sphinx's extensions that write addresses into pages.
EXTENSIONS = ("sphinx_sitemap", "sphinxext.opengraph")


def settings(address):
    """What Sphinx is told about an address: name and value."""
    return {
        "html_baseurl": address.site,
        "sitemap_url_scheme": "{link}",
        # What a link to a page shows where people share it.
        "ogp_site_url": address.site,
        "ogp_site_name": "Methods 3",
        "ogp_image": "_static/card.png",
        "ogp_image_alt": (
            "Eighteen lines, one for each person, and the line of the average person"
        ),
        "ogp_social_cards": {"enable": False},
        "notfound_urls_prefix": urlsplit(address.site).path,
    }


def theme_options(address):
    """What the theme is told: its buttons."""
    return {
        "repository_url": address.code,
        "repository_branch": "main",
        "use_repository_button": True,
        "use_edit_page_button": True,
        "use_issues_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "notebook_interface": "jupyterlab",
        },
    }


def fill_in(app, config):
    """Fill in the settings, if there is an address."""
    address = find_address()
    if address is None:
        return
    app.tags.add("published")
    for name, value in settings(address).items():
        setattr(config, name, value)
    config.html_theme_options |= theme_options(address)
    start = f'"{config.notfound_urls_prefix}index.html"'
    body = config.notfound_context["body"].replace('"/index.html"', start)
    config.notfound_context = {**config.notfound_context, "body": body}


def fill_page(app, docname, source):
    """Write the address of the repository where a page says that it is not set."""
    address = find_address()
    if address:
        source[0] = source[0].replace(ADDRESS, address.code)


def fill_workflow(app, doctree):
    """Show the students' workflow with the wheel of this site."""
    address = find_address()
    if address is None:
        return
    text = Path(app.confdir, WORKFLOW).read_text("utf-8")
    filled = published_workflow(text, wheel_address(address, Path(app.confdir)))
    for block in doctree.findall(nodes.literal_block):
        if block.astext().strip() == text.strip():
            block.rawsource = filled
            block.children = [nodes.Text(filled)]


def open_published_copy(app, pagename, templatename, context, doctree):
    """Let Colab open the copy that installs mlm; the stored one does not."""
    for button in buttons(context):
        if "colab." in button.get("url", ""):
            url = button["url"]
            button["url"] = url.replace("/blob/main/", f"/blob/{BRANCH}/")


def keep_source(app, pagename, templatename, context, doctree):
    """Offer no source of a page that is made of other files."""
    if pagename.startswith(SITE_ALONE):
        context["page_source_suffix"] = ""


@once_built
def publish(app):
    """Publish students' notebooks, and what the pages' download buttons offer."""
    root, out, address = Path(app.confdir), Path(app.outdir), find_address()
    publish_pages(root, out, (root / STUDENT).rglob("*.ipynb"), address)
    sources = [app.env.doc2path(page, False) for page in app.env.found_docs]
    pages = [root / name for name in sources if not name.startswith(SITE_ALONE)]
    publish_pages(root, out / "_sources", pages, address)
    for name in filter(lambda name: name.startswith(SITE_ALONE), sources):
        (out / "_sources" / name).unlink(missing_ok=True)


def setup(app):
    """Register with Sphinx."""
    if find_address():
        for name in EXTENSIONS:
            app.setup_extension(name)
    app.connect("config-inited", fill_in, priority=100)  # before who reads them
    app.connect("source-read", fill_page)
    app.connect("doctree-read", fill_workflow)
    app.connect("html-page-context", open_published_copy, priority=999)
    app.connect("html-page-context", keep_source, priority=100)  # before the theme
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
