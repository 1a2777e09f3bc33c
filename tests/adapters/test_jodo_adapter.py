"""The JODO adapter: what it translates, what it refuses, and that every loss goes through it."""

import pytest
import torch
from eloss_plugins.adapters.jodo import JodoPositionLoss, bind_trainer, bonds_of
from toy_batches import toy_batch

from eloss_plugins import host
from eloss_plugins.core import Energy, LossBatch
from eloss_plugins.errors import UsageError
from eloss_plugins.hookspecs import BindOptions


class Recorder:
    """A loss that keeps what it was given."""

    def __call__(self, batch: LossBatch) -> torch.Tensor:
        self.batch = batch
        return batch.residual.square().sum((1, 2))


def scene() -> dict[str, torch.Tensor]:
    """Arguments as at JODO's loss."""
    batch = toy_batch()
    torch.manual_seed(1)
    error = 0.1 * torch.randn_like(batch.positions) * batch.mask.unsqueeze(-1)
    positions = batch.positions
    return {"prediction": positions + error, "positions": positions, "mask": batch.mask}


def test_the_residual_is_the_error_of_the_positions_at_every_level():
    loss, given = Recorder(), scene()
    JodoPositionLoss(loss)(**given, length_scale=2.0)
    assert torch.equal(loss.batch.residual, given["prediction"] - given["positions"])
    assert torch.equal(loss.batch.target, given["positions"])
    assert loss.batch.signal.tolist() == loss.batch.noise.tolist() == [1.0, 1.0, 1.0]
    assert loss.batch.length_scale == 2.0


def test_upstreams_float_mask_means_the_same_as_ours():
    given = scene()
    upstreams = {**given, "mask": given["mask"].unsqueeze(-1).float()}
    loss = JodoPositionLoss(Energy())
    assert torch.equal(loss(**given), loss(**upstreams))


@pytest.mark.parametrize("name", ["features", "numbers"])
def test_optional_tensors_are_handed_on(name):
    loss, given = Recorder(), scene()
    value = {"features": torch.ones(3, 8, 2), "numbers": torch.ones(3, 8, dtype=torch.int64)}[name]
    JodoPositionLoss(loss)(**given, **{name: value})
    assert getattr(loss.batch, name) is value


def test_bonds_are_found_where_the_loss_wants_them():
    loss, given = Recorder(), scene()
    numbers = torch.full(given["mask"].shape, 6)
    JodoPositionLoss(loss, find_bonds=True)(**given, numbers=numbers)
    assert loss.batch.bonds is not None
    JodoPositionLoss(loss)(**given, numbers=numbers)
    assert loss.batch.bonds is None


def channels(*bonds: tuple[int, int, float], aromatic: bool) -> torch.Tensor:
    """`(1, 4, 4, 2 or 3)` of bonds (first, second, order), the last row and column masked.

    Masked pairs are one half everywhere, as the scaling of centred channels leaves them.
    """
    made = torch.zeros(1, 4, 4, 3)
    for first, second, order in bonds:
        kind = [1.0, 0.0, 1.0] if order == 1.5 else [1.0, order / 3, 0.0]
        made[0, first, second] = made[0, second, first] = torch.tensor(kind)
    made[:, 3] = made[:, :, 3] = 0.5
    made[:, range(4), range(4)] = 0.5
    return made if aromatic else made[..., :2]


@pytest.mark.parametrize("aromatic", [True, False])
@pytest.mark.parametrize("order", [1.0, 2.0, 3.0])
def test_bonds_are_read_once_each_from_the_channels(order, aromatic):
    bonds = bonds_of(channels((0, 2, order), (2, 1, 1.0), aromatic=aromatic))
    assert bonds.index.tolist() == [[0, 1], [2, 2]]
    assert bonds.order.tolist() == [order, 1.0]


def test_an_aromatic_bond_has_a_channel_of_its_own():
    bonds = bonds_of(channels((0, 1, 1.5), (1, 2, 2.0), aromatic=True))
    assert bonds.order.tolist() == [1.5, 2.0]


def test_bonds_of_later_molecules_are_numbered_in_the_flattened_batch():
    both = torch.cat([channels(aromatic=False), channels((0, 1, 2.0), aromatic=False)])
    assert bonds_of(both).index.tolist() == [[4], [5]]


def test_bonds_that_are_given_are_not_looked_for():
    loss, given = Recorder(), scene()
    none = torch.zeros(3, 8, 8, 2)
    numbers = torch.full(given["mask"].shape, 6)
    scenes = {**given, "numbers": numbers, "adjacency": none}
    JodoPositionLoss(loss, find_bonds=True)(**scenes)
    assert loss.batch.bonds.order.numel() == 0
    JodoPositionLoss(loss)(**scenes)
    assert loss.batch.bonds is None


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("positions", lambda x: x[0], r"`positions` must be \(molecules, atoms, 3\); got \(8, 3\)"),
        ("prediction", lambda x: x.repeat(1, 1, 3), r"got \(3, 8, 9\)"),
        ("mask", lambda x: x.T, r"`mask` must be bool of shape \(3, 8\)"),
        ("mask", lambda x: 0.5 * x.float(), r"`mask` must hold zeros and ones only"),
        ("positions", lambda x: x + 1.0, r"mean at the origin"),
    ],
)
def test_what_does_not_look_like_jodo_is_refused_in_one_sentence(name, change, message):
    given = scene()
    given[name] = change(given[name])
    with pytest.raises(UsageError, match=message) as caught:
        JodoPositionLoss(Recorder())(**given)
    assert "\n" not in str(caught.value)


def test_only_the_first_call_is_checked():
    loss, given = JodoPositionLoss(Recorder()), scene()
    loss(**given)
    loss(**{**given, "positions": given["positions"] + 1.0})


def test_the_hook_answers_for_its_target_alone():
    assert isinstance(bind_trainer("jodo", BindOptions(Recorder(), "x")), JodoPositionLoss)
    assert bind_trainer("edm", BindOptions(Recorder(), "x")) is None


@pytest.mark.parametrize("name", ["energy", "mse", "mae", "kabsch"])
def test_every_loss_has_a_gradient(name):
    given = scene()
    given["prediction"].requires_grad_()
    host.bind("jodo", name)(**given).sum().backward()
    assert given["prediction"].grad.isfinite().all()
    assert given["prediction"].grad.any()
