"""What the wheel says of itself and no stored file does: where the course is published.

Hatchling calls the hook when it builds; it has no other module of this folder then.
"""

import sys
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

sys.path.insert(0, str(Path(__file__).parent))
from address import find_address


class CustomMetadataHook(MetadataHookInterface):
    """Addresses of the project, where ``COURSE_REPOSITORY`` is set."""

    def update(self, metadata):
        """Add them to the table ``[project]``, as ``[project.urls]``."""
        metadata["urls"] = {}
        address = find_address()
        if address:
            metadata["urls"] = {
                "Homepage": address.site,
                "Documentation": address.site,
                "Source": address.code,
                "Issues": f"{address.code}/issues",
                "Changelog": f"{address.code}/blob/main/CHANGELOG.md",
            }
