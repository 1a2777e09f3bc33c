"""Files of molecules as people write them, made by hand for the tests of the readers."""

import gzip
import io

import numpy as np

from eloss_plugins.data.exporters.edm import padded
from eloss_plugins.data.molecules import MoleculeSet
from tests.molecules_by_hand import carbon_dioxide, methane, molecule

METHANE_XYZ = """5
methane
C  0.0  0.0  0.0
H  0.63 0.63 0.63
H  0.63 -0.63 -0.63
H -0.63 0.63 -0.63
H -0.63 -0.63 0.63
"""
WATER_XYZ = "3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n"
WATER_V2000 = """water
  program           3D

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 O   0  0  0  0  0  0  0  0  0  0  0  0
    0.7600    0.5900    0.0000 H   0  0  0  0  0  0  0  0  0  0  0  0
   -0.7600    0.5900    0.0000 H   0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
  1  3  1  0
M  END
"""
WATER_V3000 = """water
  program           3D

  0  0  0     0  0            999 V3000
M  V30 BEGIN CTAB
M  V30 COUNTS 3 2 0 0 0
M  V30 BEGIN ATOM
M  V30 1 O 0 0 0 0
M  V30 2 H 0.76 0.59 -
M  V30 0 0
M  V30 3 H -0.76 0.59 0 0
M  V30 END ATOM
M  V30 BEGIN BOND
M  V30 1 1 1 2
M  V30 2 1 1 3
M  V30 END BOND
M  V30 END CTAB
M  END
"""
WATER = molecule("O H H", [[0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0]], "water")


def some_molecules() -> MoleculeSet:
    """Nine sound molecules of three kinds, all different."""
    lengths = 1.09 + 0.01 * np.arange(7)
    return MoleculeSet.from_molecules([*map(methane, lengths), WATER, carbon_dioxide()])


def some_files() -> dict[str, bytes]:
    """Sound files in every format, by name."""
    frames = (METHANE_XYZ + WATER_XYZ).encode()
    declared = frames.replace(b"methane", b"Properties=species:S:1:pos:R:3 name=methane")
    molecules = some_molecules()
    arrays, table = io.BytesIO(), io.BytesIO()
    np.savez_compressed(arrays, **padded(molecules, 6))
    conformers = np.repeat(np.arange(len(molecules)), molecules.sizes)
    np.save(table, np.column_stack([conformers, molecules.numbers, molecules.positions]))
    return {
        "a.xyz": frames,
        "a.extxyz": declared,
        "a.extxyz.gz": gzip.compress(declared),
        "a.sdf": f"{WATER_V2000}$$$$\n{WATER_V3000}$$$$\n".encode(),
        "a.npz": arrays.getvalue(),
        "a.npy": table.getvalue(),
    }
