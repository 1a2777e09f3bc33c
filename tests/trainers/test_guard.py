"""Non-finite molecules: the others' gradients keep their bits."""

import copy
from dataclasses import replace

import pytest
import torch

from eloss_plugins.data.collate import collate
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.trainers import edm, gdm, gdm_aug
from eloss_plugins.trainers.guard import (
    again,
    finite_molecules,
    guarded,
    kept_without_culprits,
    mean_over_kept,
    without,
)
from eloss_plugins.trainers.processes.ranks import Ranks
from trainers.tiny_run import molecules

ELEMENTS = Elements((1, 6, 8))
ALONE = Ranks(0, 1, torch.device("cpu"))
SPECS = [gdm.SPEC, gdm_aug.SPEC, edm.SPEC]
BAD = 2


@pytest.fixture
def batch():
    return collate(MoleculeSet.from_molecules(molecules(6)), range(6), ELEMENTS)


@pytest.fixture(params=SPECS, ids=lambda spec: spec.name)
def compute(request):
    """Losses of a batch, with the augmentation; `.model` to take gradients of."""
    return Compute(request.param)


class Compute:
    def __init__(self, spec, position_loss=None):
        torch.manual_seed(1)
        small = replace(spec.config, layers=2, features=8, timesteps=10)
        self.model = spec.build(small, ELEMENTS.numbers, position_loss)
        self.augment, self.calls = spec.augment, 0

    def __call__(self, batch):
        self.calls += 1
        return self.model.training_losses(self.augment(batch) if self.augment else batch)


def gradients(model, losses, kept):
    model.zero_grad()
    mean_over_kept(losses["loss"], kept, 5).backward()
    return [p.grad.clone() for p in model.parameters() if p.grad is not None]


def gradients_of_the_others(compute, batch, seed=7):
    """From the batch in which all molecules are well: the loss of all but one."""
    torch.manual_seed(seed)
    kept = torch.arange(len(batch.mask)) != BAD
    return gradients(compute.model, compute(batch), kept)


def guarded_gradients(compute, batch, seed=7):
    torch.manual_seed(seed)
    result = guarded(compute, batch, ALONE)
    assert result.dropped == [BAD]
    return gradients(compute.model, result.losses, result.kept)


def equal(left, right):
    return all(torch.equal(a, b) for a, b in zip(left, right, strict=True))


def spoiled(batch, value, field="positions"):
    tensor = getattr(batch, field).clone()
    tensor[BAD, 1] = value
    return replace(batch, **{field: tensor})


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
@pytest.mark.parametrize("field", ["positions", "one_hot", "charges"])
def test_bad_data_leaves_the_others_gradients_alone(compute, batch, value, field):
    expected = gradients_of_the_others(compute, batch)
    assert equal(guarded_gradients(compute, spoiled(batch, value, field)), expected)
    assert compute.calls == 2  # the reference and one more: masked before the network


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_bad_network_output_leaves_the_others_gradients_alone(compute, batch, value):
    expected = gradients_of_the_others(compute, batch)

    def spoil(_module, arguments, output):
        is_real = arguments[2][BAD].any()
        rows = (torch.arange(len(output)) == BAD) & is_real
        return output.masked_fill(rows.view(-1, 1, 1), value)

    compute.model.dynamics.register_forward_hook(spoil)
    assert equal(guarded_gradients(compute, batch), expected)
    assert compute.calls == 3


def per_molecule(prediction, *_args, **_options):
    return prediction.square().sum((1, 2))


def singular(prediction, *_args, numbers, **_options):
    """Finite everywhere; the gradient of one molecule is 0 * inf."""
    plain = per_molecule(prediction)
    bad = (plain[BAD] * 0).sqrt() if numbers[BAD].any() else 0.0
    return torch.cat([plain[:BAD], (plain[BAD] + bad)[None], plain[BAD + 1 :]])


def test_a_loss_whose_gradient_alone_is_bad_leaves_the_others_alone(batch):
    expected = gradients_of_the_others(Compute(gdm.SPEC, per_molecule), batch, seed=8)
    compute = Compute(gdm.SPEC, singular)
    torch.manual_seed(8)
    step = guarded(compute, batch, ALONE)
    kept = kept_without_culprits(compute, step, list(compute.model.parameters()))
    masked = again(compute, step, kept)
    assert (step.dropped, masked.dropped) == ([], [BAD])
    assert equal(gradients(compute.model, masked.losses, masked.kept), expected)


def test_the_random_stream_goes_on_as_if_nothing_had_happened(compute, batch):
    torch.manual_seed(7)
    compute(batch)
    expected = torch.get_rng_state()
    compute.model.dynamics.register_forward_hook(lambda _m, _a, out: out * torch.nan)
    torch.manual_seed(7)
    guarded(compute, batch, ALONE)
    assert torch.equal(torch.get_rng_state(), expected)


def test_a_batch_of_bad_molecules_alone_keeps_none(compute, batch):
    bad = replace(batch, positions=batch.positions * torch.nan)
    result = guarded(compute, bad, ALONE)
    assert not result.kept.any()
    assert result.dropped == list(range(6))


def test_a_network_that_spoils_every_molecule_keeps_none(compute, batch):
    compute.model.dynamics.register_forward_hook(lambda _m, _a, out: out * torch.nan)
    result = guarded(compute, batch, ALONE)
    assert not result.kept.any()


def test_a_good_batch_is_computed_once(compute, batch):
    torch.manual_seed(7)
    expected = copy.deepcopy(compute)(batch)["loss"]
    torch.manual_seed(7)
    result = guarded(compute, batch, ALONE)
    assert compute.calls == 1
    assert torch.equal(result.losses["loss"], expected)


def test_finite_molecules_looks_at_every_number(batch):
    for field in ("positions", "one_hot", "charges"):
        found = finite_molecules(spoiled(batch, torch.nan, field))
        assert found.tolist() == [place != BAD for place in range(6)]


def test_without_leaves_padding(batch):
    kept = torch.arange(6) != BAD
    masked = without(spoiled(batch, torch.nan), kept)
    assert not masked.mask[BAD].any()
    assert not masked.positions[BAD].any()
    assert masked.positions.shape == batch.positions.shape
    assert torch.equal(masked.positions[kept], batch.positions[kept])


def test_mean_over_none_is_a_connected_zero():
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    mean_over_kept(values, torch.tensor([False, False]), 1).backward()
    assert values.grad.tolist() == [0.0, 0.0]
