import pytest

from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.load import load
from eloss_plugins.data.selection import heavy_atoms
from eloss_plugins.errors import UsageError
from tests.data.files import some_molecules
from tests.data.test_folders import write_some


def test_unknown_name_lists_the_known_and_the_closest():
    with pytest.raises(UsageError, match=r"bundled, qm9, geom-drugs.*Did you mean 'bundled'\?"):
        load("bundeld")


def test_missing_path_is_named():
    with pytest.raises(UsageError, match=r"there is no /no/such/folder"):
        load("/no/such/folder")


def test_sizes_are_selected_and_splits_kept():
    whole, part = load("bundled"), load("bundled:heavy=2-3")
    assert set(heavy_atoms(part.molecules)) == {2, 3}
    for name in SPLITS:
        kept = {smiles for smiles in whole.split(name).names} & set(part.molecules.names)
        assert set(part.split(name).names) == kept
    assert part.elements == whole.elements
    assert part.card["molecules"] == len(part.molecules)


@pytest.mark.parametrize(
    ("conditions", "sizes"),
    [
        ("heavy=3", {3}),
        ("heavy<=2", {1, 2}),
        ("heavy<3", {1, 2}),
        ("heavy>8", {9}),
        ("heavy>=2, heavy<=3", {2, 3}),
    ],
)
def test_conditions_mean_what_they_say(conditions, sizes):
    assert set(heavy_atoms(load(f"bundled:{conditions}").molecules)) == sizes


def test_bundled_tiny_is_up_to_four_heavy_atoms():
    tiny = load("bundled-tiny")
    assert tiny.molecules.names == load("bundled:heavy=1-4").molecules.names
    assert tiny.name == "bundled:heavy=1-4"


def test_all_atoms_can_be_counted_too(tmp_path):
    write_some(tmp_path / "a:b.xyz")
    data = load(f"{tmp_path / 'a:b.xyz'}:atoms=5")
    assert set(data.molecules.sizes) == {5}
    assert len(load(str(tmp_path / "a:b.xyz")).molecules) == len(some_molecules())


@pytest.mark.parametrize("conditions", ["heavy", "heavy=x", "heavy<=1-4", "mass=4", "heavy=4;"])
def test_condition_that_cannot_be_read_shows_the_syntax(conditions):
    with pytest.raises(UsageError, match=r"expected a condition such as heavy=4"):
        load(f"bundled:{conditions}")


def test_selection_that_empties_a_split_says_which():
    with pytest.raises(UsageError, match="expected molecules in every split.*got none in"):
        load("bundled:heavy=9,atoms=4")
