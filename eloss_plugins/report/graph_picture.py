"""A graph drawn on its molecule, as SVG or PNG."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.bonds import known_elements
from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.chem.formula import formula
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.report.figure import BAD, GOOD, INK
from eloss_plugins.report.graph_layout import View, bend, control_of, view_of
from eloss_plugins.report.graph_strokes import WORDS, Stroke, Strokes, strokes_of

WIDTH, DPI = 10.0, 160  # inches, pixels an inch of a PNG
MARGIN, HEAD, LEGEND = 0.3, 0.95, 2.75  # inches: around, above, to the right
TALLEST, LOWEST, LARGEST = 7.5, 1.0, 0.95  # inches of the drawing, and of an angstrom in it
BOLD, FINEST = 0.35, 0.25  # inches of an angstrom below which lines are finer; the finest of them
ROW = 0.3  # inches of an entry of the legend
ROOM = 0.45  # angstrom around the outermost atoms
LABELLED = 80
"""Atoms up to which each has its symbol and number."""


@dataclass(frozen=True)
class Pen:
    """How a stroke looks; `width` in points."""

    colour: str
    width: float
    dashes: str | tuple[float, tuple[float, ...]] = "-"


PENS: Mapping[Stroke, Pen] = MappingProxyType(
    {
        Stroke.BOND: Pen("#3c4654", 4.0),
        Stroke.NO_EDGE: Pen("#b9c0c9", 4.0),
        Stroke.ANGLE: Pen("#7db2dd", 1.2),
        Stroke.NEAR: Pen("#7db2dd", 1.2),
        Stroke.CERTIFICATE: Pen("#d9650a", 1.5),
        Stroke.LOCAL: Pen("#178a5c", 1.5, (0, (5, 1.5))),
        Stroke.LONG: Pen("#a03a86", 1.4, (0, (1.2, 1.2))),
        Stroke.SYMMETRY: Pen("#806000", 1.2, (0, (6, 1.5, 1.2, 1.5))),
    }
)

ONE_SHAPE = "Certified: no other shape has these edge lengths, but for the mirror image."
NOT_CERTIFIED = "Not certified: another shape may have the same edge lengths."

FILLS = {
    "H": "#ffffff", "C": "#8b95a3", "N": "#7f9cf5", "O": "#f08a80", "F": "#a5dd8b",
    "S": "#f2d45c", "Cl": "#7fd18b", "P": "#f5b06b", "B": "#f0c3a8", "Br": "#c08a6b",
    "Si": "#d8c7a0", "I": "#b391d6",
}  # fmt: skip
OTHER_FILL = "#d3b3e0"
RADII = {"H": 0.19}
RADIUS = 0.25  # angstrom on paper
SPACING = 0.1  # angstrom between the lines of a multiple bond


def picture(molecule: Molecule, graph: RigidGraph, bonds: BondList, file_format: str) -> bytes:
    """The molecule with all its edges, in the colour of what each is for, and a legend.

    Args:
        molecule: positions in angstrom.
        graph: of it.
        bonds: of it; drawn as bonds, whether they are edges or not.
        file_format: `svg` or `png`.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    view = view_of(molecule.positions)
    strokes = strokes_of(graph, bonds.pairs)
    middles = np.array([bend(view, *pair) for pair in strokes.pairs.tolist()]).reshape(-1, 2)
    sheet = _sheet(np.concatenate([view.points, middles]), len(strokes.counts()))
    figure: Any = Figure(figsize=(WIDTH, sheet.height), dpi=DPI, facecolor="white")
    axes = figure.add_axes(sheet.place)
    axes.axis("off")
    axes.set(aspect="equal", xlim=sheet.across, ylim=sheet.up)
    _draw_edges(axes, view, strokes, middles, sheet.boldness)
    _draw_bonds(axes, view, strokes, bonds, sheet.boldness)
    _draw_atoms(axes, view, molecule, sheet)
    _head(figure, sheet.height, graph, formula(molecule))
    _legend(figure, sheet.height, strokes)
    stream = io.BytesIO()
    metadata: dict[str, Any] = {"Date": None} if file_format == "svg" else {}
    with rc_context({"svg.hashsalt": "eloss", "svg.fonttype": "none"}):
        figure.savefig(stream, format=file_format, metadata=metadata)
    return stream.getvalue()


@dataclass(frozen=True)
class _Sheet:
    """The figure: its height, where the drawing is in it, what part of the plane that shows."""

    height: float
    place: tuple[float, float, float, float]
    across: tuple[float, float]
    up: tuple[float, float]
    inches: float  # of one angstrom

    @property
    def boldness(self) -> float:
        """Factor on the width of lines: a large molecule is drawn finely."""
        return float(np.clip(self.inches / BOLD, FINEST, 1.0))


def _sheet(points: NDArray[np.float64], entries: int) -> _Sheet:
    corners = points if len(points) else np.zeros((1, 2))
    low, high = corners.min(axis=0) - ROOM, corners.max(axis=0) + ROOM
    width = WIDTH - LEGEND - MARGIN
    size, middle = high - low, (low + high) / 2
    inches = float(min(width / size[0], TALLEST / size[1], LARGEST))
    height = max(inches * float(size[1]), LOWEST, ROW * (entries + 0.5))
    half = np.array([width, height]) / (2 * inches)
    whole = height + HEAD + MARGIN
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    place = (MARGIN / WIDTH, MARGIN / whole, width / WIDTH, height / whole)
    return _Sheet(whole, place, (left, right), (bottom, top), inches)


def _draw_edges(
    axes: Any, view: View, strokes: Strokes, middles: NDArray[np.float64], boldness: float
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Curve

    faint = 1.0 if len(strokes.pairs) <= 400 else 0.5
    for pair, number, middle in zip(strokes.pairs, strokes.strokes, middles, strict=True):
        stroke = Stroke(int(number))
        if stroke >= Stroke.NO_EDGE:
            continue
        start, end = view.points[pair]
        control = control_of(start, middle, end)
        curve = Curve([start, control, end], [Curve.MOVETO, Curve.CURVE3, Curve.CURVE3])
        pen = PENS[stroke]
        axes.add_patch(
            PathPatch(
                curve,
                fill=False,
                edgecolor=pen.colour,
                lw=boldness * pen.width,
                ls=pen.dashes,
                alpha=0.9 * faint,
                capstyle="butt",
                zorder=1 + 0.1 * stroke,
            )
        )


def _draw_bonds(axes: Any, view: View, strokes: Strokes, bonds: BondList, boldness: float) -> None:
    edges = {tuple(pair) for pair in strokes.pairs[strokes.strokes == Stroke.BOND].tolist()}
    for pair, order in zip(bonds.pairs.tolist(), bonds.orders.tolist(), strict=True):
        pen = PENS[Stroke.BOND if tuple(pair) in edges else Stroke.NO_EDGE]
        ends = view.points[pair]
        for offset in (np.arange(order) - (order - 1) / 2) * SPACING:
            line = ends + offset * _across(ends)
            width = boldness * pen.width * (1.0 if order == 1 else 0.6)
            axes.plot(*line.T, color=pen.colour, lw=width, solid_capstyle="round", zorder=3)


def _across(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """The unit vector across a line; none across a point."""
    along = ends[1] - ends[0]
    length = float(np.linalg.norm(along)) or 1.0
    return np.array([-along[1], along[0]]) / length


def _draw_atoms(axes: Any, view: View, molecule: Molecule, sheet: _Sheet) -> None:
    """Discs with symbols and numbers."""
    from matplotlib.patches import Circle

    symbols = [symbol_of(z) for z in known_elements(molecule.numbers).tolist()]
    for rank, atom in enumerate(np.argsort(view.depth).tolist()):  # the nearest last, on top
        symbol, place, layer = symbols[atom], view.points[atom], 4 + 0.001 * rank
        radius = RADII.get(symbol, RADIUS)
        fill = FILLS.get(symbol, OTHER_FILL)
        axes.add_patch(
            Circle(place, radius, facecolor=fill, edgecolor=INK, lw=sheet.boldness, zorder=layer)
        )
        if len(symbols) <= LABELLED:
            size = min(11.0, 0.85 * radius * 72 * sheet.inches)
            label = f"{symbol}$_{{{atom}}}$"
            axes.text(*place, label, size=size, color=INK, ha="center", va="center", zorder=layer)


def _head(figure: Any, height: float, graph: RigidGraph, name: str) -> None:
    atoms = graph.num_atoms
    pairs = atoms * (atoms - 1) // 2
    each = f", {graph.num_edges / atoms:.1f} an atom" if atoms else ""
    title = f"{name}: {graph.num_edges} of {pairs} pairs are edges{each}"
    left = MARGIN / WIDTH
    figure.text(left, 1 - 0.38 / height, title, size=15, weight="bold", color=INK)
    sure = graph.certificate.unique
    words = ONE_SHAPE if sure else NOT_CERTIFIED
    figure.text(left, 1 - 0.68 / height, words, size=11.5, color=GOOD if sure else BAD)


def _legend(figure: Any, height: float, strokes: Strokes) -> None:
    from matplotlib.lines import Line2D

    left = (WIDTH - LEGEND + 0.1) / WIDTH
    for row, (stroke, count) in enumerate(strokes.counts().items()):
        middle, pen = 1 - (HEAD + 0.15 + ROW * row) / height, PENS[stroke]
        ends = [left, left + 0.42 / WIDTH]
        line = Line2D(ends, [middle] * 2, color=pen.colour, lw=pen.width, ls=pen.dashes)
        figure.add_artist(line)
        text = f"{count}  {WORDS[stroke]}"
        figure.text(left + 0.55 / WIDTH, middle, text, size=10.5, color=INK, va="center")
