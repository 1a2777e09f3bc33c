import hashlib

import numpy as np
import pytest
import torch

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.selection import select
from eloss_plugins.errors import UsageError
from tests.data.test_folders import write_some
from tests.molecules_by_hand import methane, molecule

LENGTHS = [1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08]


def pair(length: float):
    return molecule("H H", [[0, 0, 0], [0, 0, length]], f"pair {length}")


def set_of(train, *, valid=(), test=()) -> DataSet:
    molecules = MoleculeSet.from_molecules([*train, *valid, *test])
    ends = np.cumsum([len(train), len(valid), len(test)])
    places = np.split(np.arange(ends[-1]), ends[:-1])
    return DataSet(
        "mine", molecules, dict(zip(("train", "valid", "test"), places, strict=True)), ()
    )


def pairs() -> DataSet:
    return set_of([pair(length) for length in LENGTHS], valid=[pair(2.0)], test=[pair(3.0)])


def hash_by_hand(length: float) -> int:
    """Two hydrogens, then coordinates in steps of 1e-4 angstrom, all as 8 little-endian bytes."""
    words = [1, 1, 0, 0, 0, 0, 0, round(length * 1e4)]
    content = b"".join(word.to_bytes(8, "little") for word in words)
    return int.from_bytes(hashlib.sha256(content).digest()[6:12], "little")


def kept(data: DataSet) -> set[str]:
    return set(data.split("train").names)


@pytest.mark.parametrize(("share", "count"), [("25%", 2), ("50 %", 4), ("62.4%", 4), ("100%", 8)])
def test_share_keeps_the_smallest_hashes_rounded_down(share, count):
    smallest = sorted(LENGTHS, key=hash_by_hand)[:count]
    assert kept(select(pairs(), f"train={share}")) == {f"pair {length}" for length in smallest}


def test_share_is_counted_exactly():
    molecules = [pair(1 + place / 1000) for place in range(100)]
    data = set_of(molecules, valid=[pair(2.0)], test=[pair(3.0)])
    assert len(kept(select(data, "train=29%"))) == 29  # in floating point 100 * 0.29 < 29


def test_validation_and_test_stay_whole_and_in_order():
    whole, part = load("bundled"), load("bundled:train=10%")
    for name in ("valid", "test"):
        assert part.split(name).names == whole.split(name).names
        assert np.array_equal(part.split(name).positions, whole.split(name).positions)
    assert len(part.molecules) == sum(len(places) for places in part.splits.values())


def test_smaller_share_lies_within_a_larger_one():
    shares = [kept(load(f"bundled:heavy=1-4,train={share}%")) for share in (1, 5, 25, 50, 100)]
    assert all(small < large for small, large in zip(shares, shares[1:], strict=False))


def test_order_of_the_molecules_does_not_matter():
    turned = set_of([pair(length) for length in reversed(LENGTHS)], valid=[pair(2)], test=[pair(3)])
    assert kept(select(turned, "train=50%")) == kept(select(pairs(), "train=50%"))


def test_share_is_of_the_sizes_that_are_selected_wherever_it_stands():
    train = [pair(length) for length in LENGTHS] + [methane(length) for length in LENGTHS]
    data = set_of(train, valid=[pair(2.0)], test=[pair(3.0)])
    after, before = select(data, "atoms=2,train=50%"), select(data, "train=50%, atoms=2")
    assert kept(after) == kept(before) == kept(select(pairs(), "train=50%"))


def test_kept_molecules_do_not_follow_the_bits_that_make_the_splits():
    molecules = [pair(1 + place / 1000) for place in range(2000)]
    first = {one.name: hashlib.sha256(content(one)).digest()[0] for one in molecules}
    data = set_of(molecules, valid=[pair(4.0)], test=[pair(5.0)])
    mean = np.mean([first[name] for name in kept(select(data, "train=50%"))])
    assert mean == pytest.approx(127.5, abs=10)  # 4 standard errors; 64 if the bits were the same


def content(one) -> bytes:
    steps = [round(value * 1e4) for value in one.positions.ravel()]
    return b"".join(int(word).to_bytes(8, "little") for word in [*one.numbers, *steps])


def test_sizes_are_drawn_from_the_molecules_that_are_kept():
    small, large = [pair(length) for length in LENGTHS], [methane(length) for length in LENGTHS]
    part = select(set_of(small + large, valid=[pair(2.0)], test=[pair(3.0)]), "train=25%")
    sizes = part.split("train").sizes
    for atoms in (2, 5):
        share = part.nodes().log_prob(torch.tensor([atoms])).exp().item()
        assert share == pytest.approx(np.mean(sizes == atoms))


def test_share_of_a_file_is_a_selection_too(tmp_path):
    write_some(tmp_path / "a.xyz")
    whole, part = load(f"{tmp_path / 'a.xyz'}"), load(f"{tmp_path / 'a.xyz'}:train=50%")
    assert len(part.split("train")) == len(whole.split("train")) // 2
    assert len(part.split("valid")) == len(whole.split("valid"))


@pytest.mark.parametrize(
    "share", ["0%", "0.0%", "100.5%", "250%", "-5%", "50", "0.5", "x%", "%", "", "1e1%", "9" * 5000]
)
def test_share_that_is_none_is_refused_with_the_syntax(share):
    with pytest.raises(UsageError, match=r"above 0 % and up to 100 %, such as train=25%; got"):
        load(f"bundled:train={share}")


def test_share_that_leaves_no_molecule_says_what_would():
    with pytest.raises(UsageError, match=r"got 12 % of 8. Take 12.5 % or more"):
        select(pairs(), "train=12%")


def test_sizes_that_leave_no_training_molecule_are_named_first():
    with pytest.raises(UsageError, match="got none in train"):
        select(pairs(), "atoms=5,train=50%")


def test_selection_is_on_the_card_and_in_the_name():
    part = load("bundled:heavy=1-3,train=50%")
    assert part.name == "bundled:heavy=1-3,train=50%"
    assert part.card["molecules"] == len(part.molecules)
