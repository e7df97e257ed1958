"""The course's address: one setting, which no stored file names.

The environment variable ``COURSE_REPOSITORY`` is a repository on GitHub, as
``owner/name``.  It is empty by default, for whoever owns the address of an install cell
runs code on students' machines.  The workflow that publishes fills it in from its own
repository, so a fork publishes under an address of its own.
"""

import os
import re
from dataclasses import dataclass

SETTING = "COURSE_REPOSITORY"
# Names that GitHub gives: what else stands there is a mistake, or an attempt.
REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Address:
    """Where a repository on GitHub publishes."""

    repository: str

    @property
    def code(self):
        """Address of the repository."""
        return f"https://github.com/{self.repository}"

    @property
    def site(self):
        """Address of its site on GitHub Pages, with a slash at the end."""
        owner, name = self.repository.lower().split("/")
        if name == f"{owner}.github.io":
            return f"https://{name}/"
        return f"https://{owner}.github.io/{self.repository.split('/')[1]}/"


def find_address(repository=None):
    """The address that is set, or None.

    Parameters
    ----------
    repository : str, optional
        As ``owner/name``; by default, what ``COURSE_REPOSITORY`` says.

    Raises
    ------
    ValueError
        If it is set to anything else.
    """
    if repository is None:
        repository = os.environ.get(SETTING, "")
    if not repository:
        return None
    if not REPOSITORY.fullmatch(repository):
        raise ValueError(
            f"{SETTING} is {repository!r}. Write a repository on GitHub as owner/name, "
            "or nothing where the course is not published."
        )
    return Address(repository)
