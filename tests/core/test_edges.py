"""Edge sets and edge indices: complete graphs, checks of what users pass."""

import itertools

import pytest
import torch

from core.batches import flat, padded
from eloss_plugins.core import BondEdges, Edges, LossBatch, energy_loss
from eloss_plugins.core.edges import complete_edges, edges_from_user

TARGET = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0))
BATCH = LossBatch(TARGET, torch.zeros_like(TARGET), torch.ones(2), torch.ones(2))


@pytest.mark.parametrize("owner", [[0, 0, 0, 1, 1], [2, 0, 2, 0, 2, 4], [1], [], [0, 0], [3, 3]])
def test_complete_edges_are_all_pairs_within_each_molecule(owner):
    edges = complete_edges(torch.tensor(owner, dtype=torch.int64), 5).index
    pairs = {tuple(sorted(pair)) for pair in edges.T.tolist()}
    atoms = range(len(owner))
    expected = {(i, j) for i, j in itertools.combinations(atoms, 2) if owner[i] == owner[j]}
    assert pairs == expected
    assert edges.shape[1] == len(expected)


def test_both_directions_of_a_pair_count_once():
    once = torch.tensor([[0, 1, 4], [1, 2, 6]])
    twice = torch.cat([once, once.flip(0)], dim=1)
    prediction = TARGET * 1.1
    expected = energy_loss(prediction, TARGET, edges=once)
    torch.testing.assert_close(energy_loss(prediction, TARGET, edges=twice), expected)


@pytest.mark.parametrize("integer", [torch.int32, torch.int16, torch.uint8])
def test_any_integer_type_names_edges(integer):
    edges = edges_from_user(torch.tensor([[0], [1]], dtype=integer), BATCH)
    assert edges.index.dtype == torch.int64


def test_no_edges_give_zero_attached_to_the_graph():
    prediction = TARGET.clone().requires_grad_()
    loss = energy_loss(prediction, TARGET, edges=torch.zeros(2, 0, dtype=torch.int64))
    loss.sum().backward()
    assert loss.eq(0).all()
    assert prediction.grad.eq(0).all()


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ([[0, 8], [1, 2]], "0 to 7"),
        ([[0, -1], [1, 2]], "0 to 7"),
        ([[0, 2], [1, 2]], "join two atoms"),
        ([[0, 3], [1, 4]], "within a molecule"),
        ([[0, 0], [1, 1]], "stand once"),
        ([0, 1], r"shape \(2, edges\)"),
        ([[0, 1], [1, 2], [2, 3]], r"shape \(2, edges\)"),
    ],
)
def test_wrong_edges_are_refused_in_words(edges, words):
    with pytest.raises(ValueError, match=words):
        energy_loss(TARGET, TARGET, edges=torch.tensor(edges))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool])
def test_edges_that_are_no_integers_are_refused(dtype):
    with pytest.raises(TypeError, match="must be int64"):
        edges_from_user(torch.zeros(2, 1, dtype=dtype), BATCH)


def test_edges_into_padding_count_nothing():
    batch = padded()
    mask = batch.mask.clone()
    mask[0, 3:] = False
    edges = torch.tensor([[0, 0], [1, 5]])
    loss = energy_loss(1.1 * batch.target, batch.target, mask, edges=edges)
    alone = energy_loss(1.1 * batch.target, batch.target, mask, edges=edges[:, :1])
    assert torch.equal(loss, alone)


def test_weights_must_fit_the_edges():
    with pytest.raises(ValueError, match=r"edge weights must have shape \(3,\)"):
        Edges(torch.zeros(2, 3, dtype=torch.int64), torch.ones(2))


def test_bond_edges_without_bonds_say_so():
    with pytest.raises(ValueError, match="needs the bonds"):
        energy_loss(TARGET, TARGET, edges=BondEdges())


def test_edge_lists_take_memory_linear_in_the_edges():
    atoms = 100_000
    target = torch.randn(atoms, 3, generator=torch.Generator().manual_seed(0))
    edges = torch.stack([torch.arange(atoms - 1), torch.arange(1, atoms)])
    owner = torch.zeros(atoms, dtype=torch.int64)
    # All pairs would be 5e9: this would not fit.
    assert energy_loss(1.1 * target, target, batch=owner, edges=edges).isfinite().all()


def test_a_flat_batch_of_edges_from_bonds_equals_the_padded_one():
    batch = padded()
    flattened, _ = flat(batch)
    assert BondEdges()(batch).index.shape == BondEdges()(flattened).index.shape
