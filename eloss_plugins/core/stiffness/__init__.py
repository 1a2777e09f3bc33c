"""Stiffness laws: how strongly the distance of a pair is held, from the data alone."""

from collections.abc import Mapping

from eloss_plugins.core.stiffness.constant import Constant
from eloss_plugins.core.stiffness.exponential import Exponential
from eloss_plugins.core.stiffness.from_potential import FromPotential
from eloss_plugins.core.stiffness.inverse import Inverse
from eloss_plugins.core.stiffness.inverse_square import InverseSquare
from eloss_plugins.core.stiffness.law import StiffnessLaw
from eloss_plugins.core.stiffness.lennard_jones import LennardJones
from eloss_plugins.core.stiffness.morse import Morse

STIFFNESS_LAWS: Mapping[str, type[StiffnessLaw]] = {
    "constant": Constant,
    "inverse": Inverse,
    "inverse-square": InverseSquare,
    "exponential": Exponential,
    "lennard-jones": LennardJones,
    "morse": Morse,
    "from-potential": FromPotential,
}

__all__ = [
    "STIFFNESS_LAWS",
    "Constant",
    "Exponential",
    "FromPotential",
    "Inverse",
    "InverseSquare",
    "LennardJones",
    "Morse",
    "StiffnessLaw",
]
