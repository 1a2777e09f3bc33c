"""The energy loss against slow loops, in value and gradient, for every law, layout and edge set."""

from dataclasses import replace

import pytest
import torch

from core import oracle
from core.batches import SIZES, flat, gradient, padded
from eloss_plugins.core import STIFFNESS_LAWS, BondEdges, Complete, Energy, LossBatch
from eloss_plugins.core.edges import complete_edges
from eloss_plugins.core.front_door import _Fixed

EXACT = 1e-12


def slow(batch, law, pairs=None):
    """Loss and gradient of a padded batch by loops; the gradient is zero in padding."""
    losses = torch.zeros(len(SIZES), dtype=torch.float64)
    slopes = torch.zeros_like(batch.target)
    for m, n in enumerate(SIZES):
        ratio = (batch.noise[m] / batch.signal[m]).item()
        of_molecule = None if pairs is None else pairs[m]
        value, slope = oracle.weighted_energy(
            batch.target[m, :n].tolist(), batch.residual[m, :n].tolist(), ratio, law, of_molecule
        )
        losses[m] = value
        slopes[m, :n] = torch.tensor(slope, dtype=torch.float64).reshape_as(slopes[m, :n])
    return losses, slopes


def assert_same(actual, expected):
    assert (actual - expected).norm() <= EXACT * expected.norm()


def chain_pairs():
    return [[(i, i + 1) for i in range(n - 1)] for n in SIZES]


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_padded_complete_energy_equals_the_loops(name, dimensions):
    batch, loss = padded(dimensions), Energy(STIFFNESS_LAWS[name]())
    value, slope = slow(batch, oracle.LAWS[name])
    assert_same(loss(batch), value)
    assert_same(gradient(loss, batch), slope)


@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_flat_complete_energy_equals_the_loops(name):
    batch, loss = padded(), Energy(STIFFNESS_LAWS[name]())
    value, slope = slow(batch, oracle.LAWS[name])
    flattened, kept = flat(batch)
    assert_same(loss(flattened), value)
    assert_same(gradient(loss, flattened), slope.flatten(0, 1)[kept])


@pytest.mark.parametrize("layout", ["padded", "flat"])
@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_energy_over_bonds_equals_the_loops(name, layout):
    batch, loss = padded(), Energy(STIFFNESS_LAWS[name](), BondEdges())
    value, slope = slow(batch, oracle.LAWS[name], chain_pairs())
    if layout == "flat":
        batch, kept = flat(batch)
        slope = slope.flatten(0, 1)[kept]
    assert_same(loss(batch), value)
    assert_same(gradient(loss, batch), slope)


@pytest.mark.parametrize("name", STIFFNESS_LAWS)
def test_the_three_layouts_agree_on_the_complete_graph(name):
    batch, law = padded(), STIFFNESS_LAWS[name]()
    flattened, kept = flat(batch)
    listed = _Fixed(complete_edges(flattened.batch, len(SIZES)))
    expected = Energy(law)(batch)
    assert_same(Energy(law)(flattened), expected)
    assert_same(Energy(law, listed)(flattened), expected)
    full = gradient(Energy(law), batch).flatten(0, 1)[kept]
    assert_same(gradient(Energy(law, listed), flattened), full)


def test_a_stretched_pair_costs_stiffness_times_stretch_squared():
    target = torch.tensor([[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]])
    one = torch.ones(1)
    assert Energy()(LossBatch(target, 0.5 * target, one, one)).item() == pytest.approx(
        0.25 * 2.718281828459045**-1
    )


def test_temperature_divides_and_weight_multiplies():
    batch = padded()
    tempered = Energy(temperature=4.0, weight=0.5)(batch)
    assert_same(tempered, Energy()(batch) / 8)


@pytest.mark.parametrize("layout", ["padded", "flat"])
def test_per_atom_divides_by_real_atoms(layout):
    batch = padded() if layout == "padded" else flat(padded())[0]
    sizes = torch.tensor(SIZES).clamp_min(1)
    assert_same(Energy(reduction="per_atom")(batch), Energy()(batch) / sizes)


@pytest.mark.parametrize("layout", ["padded", "flat"])
def test_mean_pairs_divides_by_real_pairs(layout):
    batch = padded() if layout == "padded" else flat(padded())[0]
    pairs = torch.tensor([n * (n - 1) // 2 for n in SIZES]).clamp_min(1)
    assert_same(Energy(reduction="mean_pairs")(batch), Energy()(batch) / pairs)


def test_edge_weights_multiply_each_pair():
    batch, _ = flat(padded())
    edges = complete_edges(batch.batch, len(SIZES))
    heavy = _Fixed(replace(edges, weight=torch.full(edges.index.shape[1:], 3.0)))
    assert_same(Energy(edges=heavy)(batch), 3 * Energy()(batch))
    mean = Energy(edges=heavy, reduction="mean_pairs")
    assert_same(mean(batch), Energy(reduction="mean_pairs")(batch))


def test_length_scale_puts_the_law_in_angstrom():
    batch = padded()
    nanometres = replace(
        batch, target=batch.target / 10, residual=batch.residual / 10, length_scale=10.0
    )
    assert_same(100 * Energy()(nanometres), Energy()(batch))


def test_feature_distances_join_positions_and_features():
    batch = padded(sizes=(2,))
    features = torch.tensor([[[3.0, 0.0], [0.0, 4.0]]], dtype=torch.float64)
    batch = replace(batch, features=features, residual=torch.zeros_like(batch.target))
    stretched = replace(batch, residual=0.1 * batch.target)
    seen = Energy(distances="features")(stretched) / Energy(edges=Complete())(stretched)
    distance = (batch.target[0, 0] - batch.target[0, 1]).norm()
    joined = (distance**2 + 25) ** 0.5
    assert_same(seen[0], torch.exp(distance - joined))


def test_feature_distances_without_features_say_so():
    with pytest.raises(ValueError, match="needs the node features"):
        Energy(distances="features")(padded())


def test_clamped_time_weight_caps_the_loss_exactly():
    batch = padded()
    weight = (batch.signal / batch.noise) ** 2
    cap = weight.median().item()
    expected = Energy()(batch) * (cap / weight).clamp_max(1)
    assert_same(Energy(maximal_weight=cap)(batch), expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reduction": "average"},
        {"temperature": 0.0},
        {"temperature": float("inf")},
        {"distances": "bonds"},
        {"normalize": "per_batch"},
    ],
)
def test_wrong_options_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Energy(**wrong)


def test_an_unknown_backend_is_refused_when_the_loss_is_made():
    with pytest.raises(ValueError, match="unknown segment-sum backend 'numpy'; known: torch, "):
        Energy(segments="numpy")
