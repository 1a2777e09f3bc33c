"""The molecules of a report: a figure each, and the data of the three-dimensional view."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from eloss_plugins.chem.bonds import known_elements
from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.chem.formula import formula
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics.evaluate import examine_all
from eloss_plugins.metrics.examine import Examination
from eloss_plugins.report.depiction import depict
from eloss_plugins.report.model import LossRuns

MOST_FIGURES = 18
"""Molecules drawn for each loss."""

MOST_ATOMS = 200
"""A larger molecule is not sent to the viewer."""

DECIMALS = 3
"""Of coordinates in the page, angstrom."""


@dataclass(frozen=True)
class Figure:
    """One molecule of the gallery.

    Attributes:
        caption: formula and outcome.
        good: valid, in one piece and stable.
        svg: its drawing; empty when it cannot be drawn.
        scene: what the viewer draws, as plain objects.
    """

    caption: str
    good: bool
    svg: str
    scene: dict[str, Any]


def figures_of(group: LossRuns) -> list[Figure]:
    """Figures of the first molecules of a loss, in the order in which they were generated."""
    count = min(len(group.examples), MOST_FIGURES)
    molecules = group.examples.subset(range(count))
    examined = examine_all(molecules)
    return [
        figure(molecule, found, f"{group.loss} no. {place}")
        for place, (molecule, found) in enumerate(zip(molecules, examined, strict=True), start=1)
    ]


def figure(molecule: Molecule, found: Examination, title: str) -> Figure:
    """One molecule drawn in both ways."""
    caption = f"{formula(molecule)}: {found.failure or 'stable'}"
    scene = scene_of(molecule, found, f"{title}, {caption}")
    return Figure(caption, found.failure is None, depict(molecule, found), scene)


def scene_of(molecule: Molecule, found: Examination, title: str) -> dict[str, Any]:
    """Atoms, bonds and marks for the viewer; atoms at NaN or infinity are left out."""
    shown = np.flatnonzero(np.isfinite(molecule.positions).all(axis=1))[:MOST_ATOMS]
    place = {int(atom): i for i, atom in enumerate(shown)}
    bonds = zip(found.stability.bonds.pairs.tolist(), found.stability.bonds.orders, strict=True)
    kept = [(a, b, int(order)) for (a, b), order in bonds if a in place and b in place]
    return {
        "title": title,
        "hidden": len(molecule) - len(shown),
        "symbols": [symbol_of(z) for z in known_elements(molecule.numbers[shown]).tolist()],
        "positions": np.round(molecule.positions[shown], DECIMALS).tolist(),
        "bonds": [[place[a], place[b], order] for a, b, order in kept],
        "unstable": np.flatnonzero(~found.stability.atoms[shown]).tolist(),
    }
