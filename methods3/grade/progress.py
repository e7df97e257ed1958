"""How far the grading is, on the screen of whoever waits for it."""

from tqdm import tqdm


class Progress:
    """A bar on standard error, where that is a screen: notebooks that have run."""

    def __init__(self):
        # Nothing goes into a file or the log of a workflow.
        self.bar = tqdm(
            unit=" notebooks", disable=None, dynamic_ncols=True, leave=False
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bar.close()

    def __call__(self, done, of):
        """Show that some of all have run."""
        self.bar.total = of
        self.bar.update(done - self.bar.n)
