"""What the page of the polygons says, before it is written."""

from dataclasses import dataclass
from math import pi

from eloss_plugins.report.about import About
from eloss_plugins.report.model import Table
from eloss_plugins.shapes.landscape import Landscape
from eloss_plugins.shapes.results import Series

Ring = tuple[tuple[float, float], ...]
"""The vertices of a polygon in order."""


@dataclass(frozen=True)
class Drawing:
    """Polygons that one network predicts.

    Attributes:
        label: of the loss.
        angle: theta of its training data, radian.
        predicted: a polygon for each radius.
    """

    label: str
    angle: float
    predicted: tuple[Ring, ...]


@dataclass(frozen=True)
class ShapesReport:
    """The experiment.

    Attributes:
        title: one line.
        findings: the outcome in sentences, the first one largest.
        labels: of the losses, in their order.
        regularity: Q over theta, by loss.
        fidelity: Q_r over theta.
        ratio: mean radius over the true one, over theta.
        by_vertices: Q over the number of vertices; empty where not run.
        times: seconds of a step over the number of vertices; empty where not timed.
        landscapes: of each loss.
        drawings: of the first seed, by loss and theta.
        true: the polygons that the drawings should show, one for each radius.
        tables: of all numbers.
        about: subject, notes, and how it came about.
    """

    title: str
    findings: tuple[str, ...]
    labels: tuple[str, ...]
    regularity: tuple[Series, ...]
    fidelity: tuple[Series, ...]
    ratio: tuple[Series, ...]
    by_vertices: tuple[Series, ...]
    times: tuple[Series, ...]
    landscapes: tuple[Landscape, ...]
    drawings: tuple[Drawing, ...]
    true: tuple[Ring, ...]
    tables: tuple[Table, ...] = ()
    about: About = About()

    @property
    def angles(self) -> tuple[float, ...]:
        """Those that were drawn, rising."""
        return tuple(sorted({drawing.angle for drawing in self.drawings}))


def angle_text(angle: float) -> str:
    """An angle as a multiple of pi where it is a simple one: `3π/4`, else in radian."""
    for divisor in (1, 2, 3, 4, 6, 8):
        factor = angle / pi * divisor
        if abs(factor - round(factor)) < 1e-9:
            return _fraction(round(factor), divisor)
    return f"{angle:.3g}"


def _fraction(factor: int, divisor: int) -> str:
    if factor == 0:
        return "0"
    return f"{'' if factor == 1 else factor}π" + ("" if divisor == 1 else f"/{divisor}")
