"""Names of files from labels that people read."""


def slug(label: str) -> str:
    """The label with what not every file system takes replaced by dashes."""
    return "".join(c if c.isalnum() or c in "=.-_" else "-" for c in label)
