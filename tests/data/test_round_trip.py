"""Files written by hand, read by the package: nothing is lost in any format."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.chem.formats import write_molecules
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.readers import read_molecules
from tests.molecules_by_hand import methane, nothing, two_waters

STEPS = st.integers(-99_999_999, 99_999_999)  # of 1e-4 angstrom, ten columns wide
ATOM = st.tuples(st.integers(1, 118), STEPS, STEPS, STEPS)
SETS = st.lists(st.lists(ATOM, min_size=1, max_size=5), min_size=1, max_size=3)


def molecules_of(drawn) -> list[Molecule]:
    rows = [np.array(atoms, np.int64) for atoms in drawn]
    return [Molecule(row[:, 1:] / 10_000, row[:, 0], f"no. {i}") for i, row in enumerate(rows)]


def xyz(molecule: Molecule) -> str:
    rows = zip(molecule.numbers, molecule.positions, strict=True)
    atoms = "".join(f"{symbol_of(z)} {x} {y} {w}\n" for z, (x, y, w) in rows)
    return f"{len(molecule)}\n{molecule.name}\n{atoms}"


def extxyz(molecule: Molecule) -> str:
    rows = zip(molecule.numbers, molecule.positions, strict=True)
    atoms = "".join(f"{x}\t{y}\t{w}\t{z}\n" for z, (x, y, w) in rows)
    return f'{len(molecule)}\nProperties=pos:R:3:Z:I:1 name="{molecule.name}"\n{atoms}'


def v2000(molecule: Molecule) -> str:
    rows = zip(molecule.numbers, molecule.positions, strict=True)
    atoms = "".join(f"{x:10.4f}{y:10.4f}{w:10.4f} {symbol_of(z):<3} 0\n" for z, (x, y, w) in rows)
    return f"{molecule.name}\n\n\n{len(molecule):3d}  0  0 V2000\n{atoms}M  END\n$$$$\n"


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.xyz", xyz), ("a.extxyz.gz", extxyz), ("a.sdf", v2000), ("a.sdf.gz", v2000)],
)
@settings(max_examples=40, deadline=None)
@given(drawn=SETS)
def test_text_is_read_as_it_was_written(tmp_path_factory, name, write, drawn):
    written = molecules_of(drawn)
    content = "".join(map(write, written)).encode()
    path = Path(tmp_path_factory.mktemp("round")) / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    for found, expected in zip(read_molecules(path), written, strict=True):
        assert np.array_equal(found.numbers, expected.numbers)
        assert np.array_equal(found.positions, expected.positions)
        assert found.name == expected.name


@settings(max_examples=40, deadline=None)
@given(drawn=SETS)
def test_conformer_column_tells_molecules_apart(tmp_path_factory, drawn):
    written = molecules_of(drawn)
    rows = [
        [place, z, *position]
        for place, molecule in enumerate(written)
        for z, position in zip(molecule.numbers, molecule.positions, strict=True)
    ]
    path = Path(tmp_path_factory.mktemp("round")) / "geom.npy"
    np.save(path, np.array(rows))
    for found, expected in zip(read_molecules(path), written, strict=True):
        assert np.array_equal(found.numbers, expected.numbers)
        assert np.array_equal(found.positions, expected.positions)


@pytest.mark.parametrize("ending", [".xyz", ".extxyz", ".sdf"])
def test_what_the_package_writes_it_reads_broken_or_not(tmp_path, ending):
    broken = Molecule(np.array([[np.nan, 0, 0], [np.inf, -1, 2]]), np.array([0, 6]), "broken")
    far = Molecule(np.array([[123456.5, 0, 0]]), np.array([9]), "far")
    written = [methane(), broken, nothing(), far, two_waters()]
    write_molecules(tmp_path / f"some{ending}", MoleculeSet.from_molecules(written))
    for found, expected in zip(read_molecules(tmp_path / f"some{ending}"), written, strict=True):
        assert np.array_equal(found.numbers, expected.numbers)
        assert np.allclose(found.positions, expected.positions, atol=1e-4, equal_nan=True)
        assert found.name == expected.name
