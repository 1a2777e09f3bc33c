"""Three-dimensional geometries from graphs: ETKDGv3, MMFF94, then GFN2-xTB when it is asked for.

tblite is needed to build the bundled set, never to use it.
"""

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

from eloss_plugins.data.molecules import Molecule

BOHR = 0.529177210903  # angstrom; CODATA 2018
GRADIENT_TOLERANCE = (
    1e-4  # hartree per bohr, largest component: under 0.001 angstrom from the minimum
)
MAX_STEPS = 500
EMBEDDING_ATTEMPTS = 50


class Refiner(Protocol):
    """Moves atoms to a nearby energy minimum; None when it does not get there."""

    def __call__(self, geometry: Molecule) -> Molecule | None:
        """The minimum near `geometry`, in angstrom."""


def embed(smiles: str, seed: int) -> Molecule | None:
    """A conformer of `smiles` by ETKDGv3 and MMFF94, or None when either fails."""
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    settings: Any = rdDistGeom.ETKDGv3()  # the stubs take its numbers for settings
    settings.randomSeed = seed
    settings.maxIterations = EMBEDDING_ATTEMPTS
    if rdDistGeom.EmbedMolecule(molecule, settings) != 0:
        return None
    if not _relax_mmff(molecule):
        return None
    numbers = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()], dtype=np.int64)
    return Molecule(np.array(molecule.GetConformer().GetPositions()), numbers, smiles)


def _relax_mmff(molecule: Chem.Mol) -> bool:
    """MMFF94 where it has parameters, UFF where it has none (hydrogen fluoride, for one)."""
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        return bool(rdForceFieldHelpers.MMFFOptimizeMolecule(molecule, maxIters=2000) == 0)
    return bool(rdForceFieldHelpers.UFFOptimizeMolecule(molecule, maxIters=2000) == 0)


def refine_xtb(geometry: Molecule) -> Molecule | None:
    """The nearest GFN2-xTB minimum (Bannwarth, Ehlert, Grimme, JCTC 15, 1652 (2019))."""
    from scipy.optimize import minimize

    surface = _XtbSurface(geometry)
    start = geometry.positions.ravel() / BOHR
    options = {"gtol": GRADIENT_TOLERANCE, "ftol": 0.0, "maxcor": 20, "maxiter": MAX_STEPS}
    try:
        end = minimize(surface, start, jac=True, method="L-BFGS-B", options=options)
    except RuntimeError:  # the self-consistent field did not converge
        return None
    if np.abs(end.jac).max() > 10 * GRADIENT_TOLERANCE:
        return None
    return replace(geometry, positions=end.x.reshape(-1, 3) * BOHR)


class _XtbSurface:
    """Energy (hartree) and gradient (hartree per bohr) at flat positions (bohr).

    Each point starts from the electrons of the one before, which halves the time.
    """

    def __init__(self, geometry: Molecule) -> None:
        from tblite.interface import Calculator

        self._calculator: Any = Calculator("GFN2-xTB", geometry.numbers, geometry.positions / BOHR)
        self._calculator.set("verbosity", 0)
        self._last: Any = None

    def __call__(self, flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        self._calculator.update(flat.reshape(-1, 3))
        self._last = self._calculator.singlepoint(self._last)
        return self._last.get("energy"), self._last.get("gradient").ravel()
