import numpy as np
import pytest

from eloss_plugins.data.geom import ARRAY_NAME, PERMUTATION_NAME
from eloss_plugins.data.load import load
from eloss_plugins.errors import EnvironmentProblem, UsageError

CONFORMERS = 20


@pytest.fixture
def folder(tmp_path):
    """Twenty hydrogen molecules, each a little longer than the one before."""
    rows = [[i, 1, x, 0, 0] for i in range(CONFORMERS) for x in (0, 0.74 + i / 1000)]
    np.save(tmp_path / ARRAY_NAME, np.array(rows))
    return tmp_path


def test_permutation_gives_upstreams_split(folder):
    permutation = np.random.default_rng(0).permutation(CONFORMERS)
    np.save(folder / PERMUTATION_NAME, permutation)
    data = load(str(folder / ARRAY_NAME))
    assert set(data.splits["valid"]) == set(permutation[:2])
    assert set(data.splits["test"]) == set(permutation[2:4])
    assert set(data.splits["train"]) == set(permutation[4:])


def test_without_permutation_the_content_decides(folder):
    data = load(str(folder))
    assert sum(len(part) for part in data.splits.values()) == len(data.molecules) == CONFORMERS


def test_permutation_of_another_version_is_refused(folder):
    np.save(folder / PERMUTATION_NAME, np.arange(CONFORMERS + 1))
    with pytest.raises(UsageError, match="expected a permutation of 20 conformers; got 21"):
        load(str(folder))


@pytest.mark.parametrize("table", [np.zeros((4, 4)), np.zeros(5), np.full((2, 5), "a")])
def test_array_of_another_shape_is_refused(folder, table):
    np.save(folder / ARRAY_NAME, table)
    with pytest.raises(UsageError, match=r"expected numbers of shape \(atoms, 5\)"):
        load(str(folder))


def test_absent_set_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setenv("ELOSS_DATA", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match=r"50 GB.*build_geom_dataset\.py"):
        load("geom-drugs")


def test_geom_is_found_by_name(folder, monkeypatch):
    (folder / "geom-drugs").mkdir()
    (folder / ARRAY_NAME).rename(folder / "geom-drugs" / ARRAY_NAME)
    monkeypatch.setenv("ELOSS_DATA", str(folder))
    assert len(load("geom-drugs").molecules) == CONFORMERS
