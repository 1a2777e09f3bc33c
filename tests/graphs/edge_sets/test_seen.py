"""Molecules are found again, and only they."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from eloss_plugins.graphs.edge_sets.rigid import Rigid
from graphs.edge_sets.batches import bundled, flat, moved, padded, pairs_of, shuffled

BATCH = padded(bundled())


def built(edges):
    return edges._kept.built


@pytest.mark.parametrize(
    "again",
    [
        BATCH,
        moved(BATCH),
        moved(BATCH, improper=True),
        shuffled(BATCH),
        padded(bundled(), torch.float32),
        moved(padded(bundled(), torch.float32), seed=3),
        replace(BATCH, target=BATCH.target / 3, length_scale=3.0),
    ],
    ids=["same", "moved", "mirrored", "shuffled", "float32", "moved float32", "scaled"],
)
def test_a_molecule_is_recognised(again):
    edges = Rigid()
    edges(BATCH)
    edges(again)
    assert built(edges) == BATCH.num_molecules


def test_a_flat_batch_has_the_graphs_of_the_padded_one():
    edges = Rigid()
    edges(BATCH)
    mixed = flat(BATCH)
    found = edges(mixed)
    # a molecule's atoms come in another order there, so it is another molecule to it
    assert found.index.shape[1] > 0
    assert (mixed.batch[found.index[0]] == mixed.batch[found.index[1]]).all()
    ordered = replace(
        mixed,
        **{name: getattr(BATCH, name)[BATCH.mask] for name in ("target", "residual", "numbers")},
        batch=BATCH.mask.nonzero()[:, 0],
    )
    before = built(edges)
    again = edges(ordered)
    assert built(edges) == before
    starts = BATCH.mask.sum(1).cumsum(0) - BATCH.mask.sum(1)
    expected = pairs_of(edges(BATCH), BATCH)
    for molecule, local in enumerate(pairs_of(again, ordered)):
        start = int(starts[molecule])
        assert {(i - start, j - start) for i, j in local} == expected[molecule]


def test_another_shape_of_the_same_molecule_is_another_one():
    edges = Rigid()
    edges(BATCH)
    bent = BATCH.target.clone()
    bent[0, 3] += 0.01
    edges(replace(BATCH, target=bent))
    assert built(edges) == BATCH.num_molecules + 1


def test_equal_signatures_are_no_proof(monkeypatch):
    """All molecules under one key: each is still told from the others by its lengths."""
    from eloss_plugins.graphs.edge_sets import seen

    monkeypatch.setattr(seen, "keys", lambda molecules: [[(0, b"", 0, 0)]] * len(molecules))
    same_size = padded(bundled(40).subset(np.flatnonzero(bundled(40).sizes == 17)))
    edges, other = Rigid(), Rigid()
    edges(same_size)
    assert built(edges) == same_size.num_molecules > 2
    found = pairs_of(edges(shuffled(same_size)), same_size)
    monkeypatch.undo()
    assert found == pairs_of(other(shuffled(same_size)), same_size)


def test_a_molecule_that_stands_twice_in_a_batch_is_built_once():
    twice = bundled().subset([0, 1, 0, 0])
    edges = Rigid()
    edges(padded(twice))
    assert built(edges) == 2


def test_memory_is_bounded():
    edges = Rigid(memory=0)
    for seed in range(3):
        edges(padded(bundled(seed=seed)))
    assert len(edges._kept) == 1


@pytest.mark.parametrize("rubbish", [float("nan"), float("inf"), 1e9])
def test_padding_does_not_matter(rubbish):
    fouled = BATCH.target.masked_fill(~BATCH.mask[..., None], rubbish)
    edges = Rigid()
    expected = edges(BATCH)
    assert torch.equal(edges(replace(BATCH, target=fouled)).index, expected.index)
    assert built(edges) == BATCH.num_molecules


def test_a_molecule_that_is_not_finite_leaves_the_others_alone():
    edges = Rigid()
    expected = pairs_of(edges(BATCH), BATCH)
    broken = BATCH.target.clone()
    broken[2, 0] = float("nan")
    found = pairs_of(edges(replace(BATCH, target=broken)), BATCH)
    size = int(BATCH.mask[2].sum())
    assert len(found[2]) == size * (size - 1) // 2
    assert found[:2] + found[3:] == expected[:2] + expected[3:]


def test_a_copy_shares_what_was_seen_and_a_pickle_leaves_it_out():
    edges = Rigid()
    edges(BATCH)
    assert copy.deepcopy(edges)._kept is edges._kept
    sent = pickle.loads(pickle.dumps(edges))  # noqa: S301  our own
    assert sent == edges
    assert len(sent._kept) == 0
    assert torch.equal(sent(BATCH).index, edges(BATCH).index)
