"""Widths of the network's tensors."""

from dataclasses import dataclass

from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.molecule_noise import SPACE

PAIR_SHARE = 4  # the pairs' states are a quarter as wide as the atoms' (JODO)
TIME_SHARE = 4  # the time vector is four times as wide (JODO)
LEAST_FEATURES = 2 * PAIR_SHARE


@dataclass(frozen=True)
class Widths:
    """Widths of the network's tensors.

    Attributes:
        atom: of the atoms' states.
        pair: of the pairs' states.
        distance: of a distance as the layers see it.
        time: of the time vector.
        atom_skip: of what each layer hands the read-out of atoms.
        pair_skip: of what each layer hands the read-out of pairs.
    """

    atom: int
    pair: int
    distance: int
    time: int
    atom_skip: int
    pair_skip: int

    @classmethod
    def of(cls, config: JodoConfig) -> "Widths":
        """The widths of a network of these sizes."""
        atom = config.features
        pair = atom // PAIR_SHARE
        return cls(
            atom=atom,
            pair=pair,
            distance=pair if config.distance_basis else 1,
            time=atom * TIME_SHARE,
            atom_skip=2 * atom // config.layers,
            pair_skip=2 * pair // config.layers,
        )


def atom_numbers(config: JodoConfig, elements: int) -> int:
    """Numbers of an atom beside its position: types, and formal charge if there is one."""
    return elements + int(config.include_formal_charges)


def state_width(config: JodoConfig, elements: int) -> int:
    """Numbers of an atom in a `JointState`."""
    return SPACE + atom_numbers(config, elements)
