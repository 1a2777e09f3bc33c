"""What we export, read by the upstreams' own loaders; needs ELOSS_QM7 and a checkout of each."""

import json
from pathlib import Path

import pytest
import torch

from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.edm import FILLER
from eloss_plugins.data.exporters.export import export
from eloss_plugins.data.load import load

from . import checkouts
from .conftest import given, needs

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "loaders"
NEEDS = {
    "edm": ("torch",),
    "jodo": ("torch_geometric", "torch_scatter", "tqdm"),
    "semlaflow": ("lightning", "openbabel", "torchmetrics"),
    "tabasco": ("lightning", "lmdb", "tensordict", "biotite", "openbabel"),
}
"""Packages that each loader imports."""

COORDINATES_ROUNDED = 0.02  # angstrom, in the sum over some hundred distances at four decimals


def expected(data, name: str) -> dict[str, list[float]]:
    """Sums of distances of each molecule of each split."""
    return {split: sorted(sums(data.split(split), name)) for split in data.splits}


def sums(molecules, name: str) -> list[float]:
    added = [FILLER] if name == "edm" else []
    kept = [m for m in molecules if name not in ("edm", "jodo") or 16 not in m.numbers]
    return [total(m.positions[m.numbers > (name == "tabasco")]) for m in (*kept, *added)]


def total(positions) -> float:
    return float(torch.pdist(torch.from_numpy(positions)).sum())


@pytest.mark.parametrize("name", NEEDS)
def test_the_upstreams_own_loader_reads_every_molecule(name, qm7, tmp_path):
    checkout = given(f"ELOSS_{name.upper()}", f"a checkout of {name}")
    needs(name, *NEEDS[name])
    data = load(str(qm7))
    folder = tmp_path / "exported"
    export(data, exporter_of(name), folder, drop_unknown=True)
    done = checkouts.python(tmp_path, str(HERE / f"{name}.py"), checkout, str(folder))
    assert done.code == 0, done.err[-2000:]
    found = json.loads(done.out.splitlines()[-1])
    assert set(found) >= {"train", "valid"}
    for split, wanted in expected(data, name).items():
        if split in found:
            assert found[split] == pytest.approx(wanted, abs=COORDINATES_ROUNDED)
