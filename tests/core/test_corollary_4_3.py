"""Corollary 4.3 of arXiv 2511.02087: where all k > 0, the zeros of E are the data under E(d)."""

import pytest
import torch

from eloss_plugins.core import Kabsch, LossBatch, energy_loss


def minimised(target, edges=None, law="constant", starts=30):
    """Minima reached by L-BFGS from random starts, all starts in one batch, with their energies."""
    generator = torch.Generator().manual_seed(0)
    shape = (starts, *target.shape)
    found = 1.5 * torch.randn(shape, generator=generator, dtype=torch.float64)
    found.requires_grad_()
    targets = target.expand(shape)
    optimizer = torch.optim.LBFGS(
        [found],
        max_iter=3000,
        history_size=30,
        tolerance_grad=1e-14,
        tolerance_change=1e-18,
        line_search_fn="strong_wolfe",
    )

    def losses():
        return energy_loss(found, targets, stiffness=law, edges=edges)

    def closure():
        optimizer.zero_grad()
        loss = losses().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return found.detach(), losses().detach()


def distances_to_congruence(found, target):
    """Root mean square deviation after the best proper, and the best improper, alignment."""
    one = torch.ones(len(found), dtype=torch.float64)
    mirror = torch.tensor([-1.0, 1.0, 1.0], dtype=torch.float64)
    targets = target.expand_as(found)
    return tuple(
        Kabsch(reduction="per_atom")(LossBatch(x, found - x, one, one)) ** 0.5
        for x in (targets, targets * mirror)
    )


@pytest.mark.slow
@pytest.mark.parametrize("law", ["constant", "exponential"])
@pytest.mark.parametrize("num_atoms", [5, 8, 12])
def test_every_zero_of_the_energy_is_the_molecule_or_its_mirror_image(num_atoms, law):
    generator = torch.Generator().manual_seed(num_atoms)
    target = 1.2 * torch.randn(num_atoms, 3, generator=generator, dtype=torch.float64)
    found, energies = minimised(target, law=law)
    zeros = energies < 1e-12
    proper, improper = distances_to_congruence(found, target)
    assert (torch.minimum(proper, improper)[zeros] < 1e-6).all()
    assert zeros.double().mean() >= 0.5
    assert (improper < proper)[zeros].double().mean() > 0.1


@pytest.mark.slow
def test_a_graph_that_is_not_rigid_has_zeros_of_another_shape():
    target = torch.randn(8, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    starts = 10
    cube = [(a, a ^ bit) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit]
    index = torch.tensor([(8 * m + i, 8 * m + j) for m in range(starts) for i, j in cube]).T
    found, energies = minimised(target, edges=index, starts=starts)
    zeros = energies < 1e-12
    proper, improper = distances_to_congruence(found, target)
    assert zeros.any()
    assert (torch.minimum(proper, improper)[zeros] > 0.1).all()
