"""What writes into the site when it is built: it needs a site that is there."""

from functools import wraps


def once_built(write):
    """Decorate what Sphinx calls at the end, so that it is called for a site alone.

    Parameters
    ----------
    write : callable
        Takes the application.

    Returns
    -------
    callable
        For the event ``build-finished``: does nothing after a build that failed, or
        that made no HTML.
    """

    @wraps(write)
    def handler(app, exception):
        if not exception and app.builder.format == "html":
            write(app)

    return handler
