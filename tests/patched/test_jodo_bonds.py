"""Bonds as JODO's objective has them: what its configuration says about their channels."""

from types import SimpleNamespace

import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.patched.jodo import BondScale, bond_scale

CHANNELS = torch.tensor([[0.0, 0, 0], [1, 1 / 3, 0], [1, 1, 0], [1, 0, 1]])


def config(*, transform="EdgeCom", centred=True, factors="1, 4, 4, 1") -> SimpleNamespace:
    data = SimpleNamespace(transform=transform, centered=centred)
    return SimpleNamespace(data=data, model=SimpleNamespace(normalize_factors=factors))


@pytest.mark.parametrize(
    ("centred", "factors", "scaled"),
    [
        (True, "1, 4, 4, 1", lambda x: 2 * x - 1),
        (True, "1, 4, 4, 2", lambda x: (2 * x - 1) / 2),
        (True, (1, 4, 4), lambda x: 2 * x - 1),
        (False, "1, 4, 4, 2", lambda x: x / 2),
    ],
)
def test_the_scaling_is_undone(centred, factors, scaled):
    scale = bond_scale(config(centred=centred, factors=factors))
    assert_close(scale.undone(scaled(CHANNELS)), CHANNELS)


@pytest.mark.parametrize("transform", ["EdgeCom", "EdgeComCond", "EdgeComCondMulti"])
def test_compressed_channels_are_known(transform):
    assert bond_scale(config(transform=transform)) == BondScale(True, 1.0)


@pytest.mark.parametrize("transform", ["Edge", "EDM"])
def test_channels_of_another_kind_are_left_alone(transform):
    assert bond_scale(config(transform=transform)) is None


def test_a_configuration_without_a_transform_has_none():
    bare = config()
    del bare.data.transform
    assert bond_scale(bare) is None
