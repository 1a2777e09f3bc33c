"""Stand-ins beside what they stand for, where that is installed."""

import importlib.util
from pathlib import Path

import pytest
import torch

FILE = Path(__file__).parent / "stand_ins_cluster" / "torch_cluster.py"


@pytest.mark.parametrize("loop", [False, True])
def test_the_neighbours_are_those_of_torch_cluster(loop):
    real = pytest.importorskip("torch_cluster")
    spec = importlib.util.spec_from_file_location("stands_for_torch_cluster", FILE)
    stand_in = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stand_in)
    random = torch.Generator().manual_seed(0)
    batch = torch.arange(6).repeat_interleave(torch.tensor([1, 4, 20, 9, 2, 13]))
    positions = 4 * torch.randn(len(batch), 3, generator=random)
    found, expected = (
        set(map(tuple, it.radius_graph(positions, r=5.0, batch=batch, loop=loop).T.tolist()))
        for it in (stand_in, real)
    )
    assert len(expected) > 100
    assert found == expected
