"""The pages of the documentation, and the code on them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))


def page(name: str) -> str:
    """The text of a page, named as from the root of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def code(text: str, language: str = "python") -> list[str]:
    """The blocks of code in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
