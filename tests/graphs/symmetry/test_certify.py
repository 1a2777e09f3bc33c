"""The rule for atoms in flats of their anchors: what it accepts and what it must not."""

import numpy as np
import pytest

from eloss_plugins.graphs.rigid.certificate import Level
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.certify import certify

CORNERS = np.array([[0.0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 0, 0]])
CLIQUE = [(i, j) for j in range(4) for i in range(j)]
ORDER = np.arange(5)
ANCHORS = np.array([[-1] * 4, [0, -1, -1, -1], [0, 1, -1, -1], [0, 1, 2, -1], [0, 1, -1, -1]])


def level(positions=CORNERS, edges=(*CLIQUE, (0, 4), (1, 4)), order=ORDER, anchors=ANCHORS):
    found = certify(Structure(positions), np.array(edges), np.array(order), np.array(anchors), 3)
    return found.level


def test_a_point_on_the_line_of_two_anchors_is_fixed():
    assert level() == Level.LATERATION


@pytest.mark.parametrize("offset", [1e-3, 1e-6])
def test_a_point_off_the_line_is_not(offset):
    positions = CORNERS.copy()
    positions[4, 1] = offset
    assert level(positions) == Level.NONE


def test_an_edge_to_each_anchor_is_needed():
    assert level(edges=(*CLIQUE, (0, 4))) == Level.NONE


def test_anchors_must_come_first():
    assert level(order=[0, 1, 2, 4, 3], anchors=np.where(ANCHORS == 1, 3, ANCHORS)) == Level.NONE


def test_one_anchor_is_not_enough():
    anchors = ANCHORS.copy()
    anchors[4] = [0, -1, -1, -1]
    assert level(anchors=anchors) == Level.NONE


def test_others_may_not_be_anchored_in_a_flat_alone():
    positions = np.vstack([CORNERS, [1.0, 1.0, 1.0]])
    edges = [*CLIQUE, (0, 4), (1, 4), (0, 5), (2, 5), (3, 5), (4, 5)]
    anchors = np.vstack([ANCHORS, [0, 2, 3, 4]])
    assert level(positions, edges, np.arange(6), anchors) == Level.NONE
