"""Molecules drawn in two dimensions, broken ones included."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdDepictor

from eloss_plugins.chem.build import build
from eloss_plugins.chem.silence import silence
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics.examine import Examination

WIDTH, HEIGHT = 180, 150
BOND_PIXELS = 24
"""A bond is drawn no longer than this, so that small molecules are not blown up."""

LINE_PIXELS = 2

UNSTABLE = (1.0, 0.62, 0.55)
"""Red, green and blue of the halo around unstable atoms."""

HYDROGEN = 1

MOST_BONDS_PER_ATOM = 3
"""A denser tangle shows nothing but ink; no molecule comes near."""


def depict(molecule: Molecule, found: Examination) -> str:
    """The molecule's graph as SVG; unstable atoms have a halo.

    Hydrogens that are as they should be are folded into the label of their atom.

    Args:
        molecule: atoms in angstrom.
        found: its examination.

    Returns:
        An `<svg>` element; empty for no atoms, for a tangle of bonds, and where RDKit has no
        graphics libraries.
    """
    drawing = _drawing(molecule, found, lambda draw: draw.MolDraw2DSVG(WIDTH, HEIGHT, -1, -1, True))
    return _plain_svg(drawing) if isinstance(drawing, str) else ""


def depict_png(molecule: Molecule, found: Examination, scale: int = 3) -> bytes:
    """The same as a PNG of 180 by 150 pixels times `scale`; empty where `depict` is."""
    size = scale * WIDTH, scale * HEIGHT
    drawing = _drawing(molecule, found, lambda draw: draw.MolDraw2DCairo(*size), scale)
    return drawing if isinstance(drawing, bytes) else b""


def _drawing(
    molecule: Molecule, found: Examination, drawer: Callable[[Any], Any], scale: int = 1
) -> str | bytes | None:
    if not len(molecule) or len(found.stability.bonds) > MOST_BONDS_PER_ATOM * len(molecule):
        return None
    try:
        from rdkit.Chem.Draw import rdMolDraw2D  # loads graphics libraries, so only when drawing

        with silence():
            return _drawn(drawer(rdMolDraw2D), *_folded(molecule, found), scale)
    except (ImportError, RuntimeError, ValueError):
        return None


def _folded(molecule: Molecule, found: Examination) -> tuple[Chem.Mol, list[int]]:
    hidden, heavy = _ordinary_hydrogens(molecule, found)
    graph = Chem.RWMol(build(molecule, found.stability.bonds))
    for atom in graph.GetAtoms():
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(int((heavy == atom.GetIdx()).sum()))
        atom.SetBoolProp("unstable", not found.stability.atoms[atom.GetIdx()])
    for index in sorted(hidden.tolist(), reverse=True):
        graph.RemoveAtom(index)
    marked = [atom.GetIdx() for atom in graph.GetAtoms() if atom.GetBoolProp("unstable")]
    return graph.GetMol(), marked


def _ordinary_hydrogens(
    molecule: Molecule, found: Examination
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Stable hydrogens on one stable heavy atom, and those heavy atoms."""
    bonds: BondList = found.stability.bonds
    ends = np.concatenate([bonds.pairs, bonds.pairs[:, ::-1]])
    light, heavy = ends[:, 0], ends[:, 1]
    ordinary = (
        (molecule.numbers[light] == HYDROGEN)
        & (molecule.numbers[heavy] != HYDROGEN)
        & found.stability.atoms[light]
        & found.stability.atoms[heavy]
    )
    return light[ordinary], heavy[ordinary]


def _drawn(drawer: Any, graph: Chem.Mol, marked: list[int], scale: int) -> str | bytes:
    graph.UpdatePropertyCache(strict=False)
    graph.RemoveAllConformers()
    rdDepictor.Compute2DCoords(graph)
    options = drawer.drawOptions()
    options.clearBackground = False
    options.prepareMolsBeforeDrawing = False
    options.fixedBondLength = BOND_PIXELS * scale
    options.bondLineWidth = LINE_PIXELS * scale
    options.setHighlightColour(UNSTABLE)
    drawer.DrawMolecule(graph, highlightAtoms=marked, highlightBonds=[])
    drawer.FinishDrawing()
    drawing: str | bytes = drawer.GetDrawingText()
    return drawing


def _plain_svg(text: str) -> str:
    """Only the drawing: no XML header, no namespaces, hidden from screen readers."""
    body = text[text.index(">", text.index("<svg")) + 1 :]
    body = re.sub(r"<!--.*?-->|\n| class='[^']*'", "", body)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{body}'
