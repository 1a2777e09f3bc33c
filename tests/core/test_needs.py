from dataclasses import dataclass

import pytest

from eloss_plugins.core.edges import BondEdges
from eloss_plugins.core.losses import LOSSES, Energy
from eloss_plugins.core.needs import uses_bonds
from eloss_plugins.core.stiffness import Exponential, LennardJones


@pytest.mark.parametrize("loss", LOSSES.values())
def test_no_loss_asks_for_bonds_by_itself(loss):
    assert not uses_bonds(loss())


@pytest.mark.parametrize(
    "loss", [Energy(stiffness=LennardJones(bonded=9.0)), Energy(edges=BondEdges())]
)
def test_a_part_that_asks_makes_the_loss_ask(loss):
    assert uses_bonds(loss)


def test_a_law_that_treats_all_pairs_alike_does_not_ask():
    assert not uses_bonds(Energy(stiffness=LennardJones()))


def test_a_loss_of_someone_elses_asks_through_its_parts():
    @dataclass(frozen=True)
    class Twice:
        inner: Energy

    assert uses_bonds(Twice(Energy(edges=BondEdges())))
    assert not uses_bonds(Twice(Energy(stiffness=Exponential())))


def test_a_function_may_ask_by_an_attribute():
    def law(pairs):
        return pairs.bond_orders

    assert not uses_bonds(Energy(stiffness=law))
    law.uses_bonds = True
    assert uses_bonds(Energy(stiffness=law))
