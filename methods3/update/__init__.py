"""The newest version of the course, whatever was run, saved or committed in the clone.

    python -m methods3.update

In `clone`, git is asked and told; in `keeping`, what would be lost is put aside; in
`copies`, notebooks go into the folder where students work, ``mine``.

The standard library alone until the new version is there, as packages may be missing.
"""
