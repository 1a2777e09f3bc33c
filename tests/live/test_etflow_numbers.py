"""What stands at ETFlow's loss in one real step, and what the adapter makes of it."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from eloss_plugins import host
from eloss_plugins.errors import UsageError
from eloss_plugins.position_loss.flow import FlowPositionLoss

from . import checkouts, of_etflow

pytestmark = pytest.mark.slow

CLOSE = {"rtol": 1e-9, "atol": 0.0}
SIGMA = 0.1  # of BaseFlow, unless it is told another


@pytest.fixture(scope="module")
def scene(tmp_path_factory, qm7) -> dict[str, Tensor]:
    place = of_etflow.prepared(tmp_path_factory)
    script = str(Path(__file__).parent / "etflow_scene.py")
    with pytest.MonkeyPatch.context() as patch:
        of_etflow.exported(patch, place)
        for words in (("write_data.py", str(qm7)), (script, "scene.pt")):
            done = checkouts.python(place, *words)
            assert done.code == 0, done.err[-2000:]
    return torch.load(place / "scene.pt")


def answer(loss, scene: dict[str, Tensor], **changed: object) -> Tensor:
    names = ("prediction", "positions", "time", "velocity", "noisy", "batch")
    return loss(**{"data_at": 1, **{name: scene[name] for name in names}, **changed})


def test_the_squared_error_is_upstreams(scene):
    loss = host.bind("flow-matching", "mse", "reduction=per_atom")
    assert_close(answer(loss, scene).mean(), scene["squared"], **CLOSE)


def test_upstreams_own_loss_is_the_length_of_our_residual(scene):
    def lengths(batch) -> Tensor:
        total = torch.zeros(len(batch.noise), dtype=torch.float64)
        total = total.index_add(0, batch.batch, batch.residual.norm(dim=-1))
        return total / torch.bincount(batch.batch)

    assert_close(answer(FlowPositionLoss(lengths), scene).mean(), scene["own"], **CLOSE)


def test_the_energy_is_the_papers_formula_on_upstreams_path(scene):
    loss = host.bind("flow-matching", "energy", "preset=paper")
    expected = torch.tensor(formula(scene), dtype=torch.float64)
    assert_close(answer(loss, scene), expected, **CLOSE)


def formula(scene: dict[str, Tensor]) -> list[float]:
    """Eq. 7 with k = exp(-d) over r^2 in plain Python, for where the velocities lead from x_t."""
    time = scene["time"][scene["batch"]]
    root = (time * (1 - time)).sqrt()
    straight = scene["noisy"] - SIGMA * root * scene["eps"]
    velocity = scene["prediction"] - SIGMA * (1 - 2 * time) / (2 * root) * scene["eps"]
    ends, sums = straight + (1 - time) * velocity, []
    for molecule, t in enumerate(scene["time"].flatten().tolist()):
        atoms = scene["batch"] == molecule
        sums.append(energy(ends[atoms].tolist(), scene["positions"][atoms].tolist()) / (1 - t) ** 2)
    return sums


def energy(guess: list, true: list) -> float:
    total = 0.0
    for i in range(len(true)):
        for j in range(i):
            d, d_hat = math.dist(true[i], true[j]), math.dist(guess[i], guess[j])
            total += math.exp(-d) * (d - d_hat) ** 2
    return total


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data_at": 0}, "say data_at=1"),
        ({"length_scale": 0.1}, "must be in angstrom"),
        ({"batch": None}, "flat positions need `batch`"),
    ],
)
def test_the_first_batch_is_checked(scene, change, words):
    loss = host.bind("flow-matching", "energy")
    with pytest.raises(UsageError, match=words):
        answer(loss, scene, **change)


def test_positions_off_their_centre_are_refused(scene):
    with pytest.raises(UsageError, match="mean at the origin"):
        answer(host.bind("flow-matching", "energy"), scene, positions=scene["positions"] + 1)
