"""What the pictures of all reports share: inks, a sheet, its head, and the file."""

import textwrap
from pathlib import Path
from typing import Any

from eloss_plugins.atomic_write import atomic_write

INK, SOFT, RULE, GOOD, BAD = "#1b2430", "#5b6675", "#dde2e8", "#17803d", "#c23a2b"
COLOURS = ("#0b66c3", "#c45a00", "#178a5c", "#a03a86", "#806000", "#4a5568")
DASHES = ("-", "--", ":", "-.")
WIDTH, DPI = 12.0, 150  # inches, pixels an inch
WRAP, MOST_LINES = 125, 2
"""Characters in a line of the lead, and lines."""


def sheet(height: float, dpi: int = DPI) -> Any:
    """An empty matplotlib figure as wide as all pictures, `height` inches high."""
    from matplotlib.figure import Figure

    return Figure((WIDTH, height), dpi=dpi, facecolor="white")


def head(strip: Any, inches: float, title: str, lead: str) -> None:
    """Title and outcome at the top of a figure, or part of one, that is `inches` high."""
    strip.text(0.03, 1 - 0.4 / inches, title, fontsize=17, weight="bold", color=INK)
    for place, words in enumerate(textwrap.wrap(lead, WRAP)[:MOST_LINES]):
        strip.text(0.03, 1 - (0.7 + 0.2 * place) / inches, words, fontsize=10.5, color=INK)


def write_png(path: Path, figure: Any) -> None:
    """Write a figure in one step: whole or not at all.

    Raises:
        OSError: no space, no permission, no folder.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    atomic_write(path, lambda stream: canvas.print_png(stream))
