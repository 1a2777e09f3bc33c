"""JODO, patched: from the trainer's flags and configuration to the loss that `losses.py` calls.

Upstream: GRAPH-0/JODO, commit 0e6326a, `main.py`. Length scale: the first of
`config.model.normalize_factors`. Time: t in (1e-5, 1), noise at 1; it enters through upstream's
own factor sqrt(alpha / sigma) alone. Mask: 1 for real atoms. Parametrization: clean positions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from eloss_plugins import host
from eloss_plugins.errors import UsageError
from eloss_plugins.patched.ending import one_sentence
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.patched.settings import say_settings

TARGET = "jodo"
COMPRESSED = "EdgeCom"
"""How the names of those transforms begin that put the order of a bond into one channel."""

_QM9 = (1, 6, 7, 8, 9)
ELEMENTS = {
    "qm9_with_h": _QM9,
    "qm9_second_half": _QM9,
    "geom_with_h_1": (1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83),
}
"""Atomic numbers of the columns of the one-hot types, by `config.data.info_name`."""


@dataclass(frozen=True)
class BondScale:
    """How JODO has scaled the channels of bonds.

    Attributes:
        centred: from -1 to 1 in place of 0 to 1, before the division.
        factor: by which they were divided.
    """

    centred: bool = True
    factor: float = 1.0

    def undone(self, edge_x: Tensor) -> Tensor:
        """The channels as JODO's data set makes them; 0.5 where centred ones are masked."""
        channels = edge_x * self.factor
        return (channels + 1) / 2 if self.centred else channels


class JodoLoss:
    """A loss of positions with the arguments that are in scope in JODO's `loss_fn`.

    Args:
        loss: the bound loss, its checks and its guard.
        length_scale: angstrom per unit of positions.
        bond_scale: of the channels of bonds; None where they are of another kind.
    """

    def __init__(
        self, loss: PatchedLoss, length_scale: float, bond_scale: BondScale | None = None
    ) -> None:
        self.loss = loss
        self.length_scale = length_scale
        self.bond_scale = bond_scale

    def __call__(
        self,
        pred: Tensor,
        align_pos: Tensor,
        xh: Tensor,
        node_mask: Tensor,
        edge_x: Tensor | None = None,
    ) -> Tensor:
        """The position error of each molecule, `(molecules,)`.

        Args:
            pred: `(molecules, atoms, 3 + F)`, predicted positions, types and charges.
            align_pos: `(molecules, atoms, 3)`, clean positions as upstream compares with.
            xh: `(molecules, atoms, 3 + F)`, clean scaled positions, types and charges.
            node_mask: `(molecules, atoms, 1)`, 1 for real atoms.
            edge_x: `(molecules, atoms, atoms, channels)`, clean scaled bonds; the objective
                without bonds has none.
        """
        types = xh[:, :, 3 : 3 + len(self.loss.elements)]
        return self.loss(
            training=True,
            prediction=pred[:, :, :3],
            positions=align_pos,
            mask=node_mask,
            features=xh[:, :, 3:],
            numbers=self.loss.numbers(types) if self.loss.elements else None,
            adjacency=self._channels(edge_x),
            length_scale=self.length_scale,
        )

    def _channels(self, edge_x: Tensor | None) -> Tensor | None:
        if edge_x is None or self.bond_scale is None:
            return None
        return self.bond_scale.undone(edge_x)

    def skips(self, loss: Tensor, parameters: Iterable[Tensor]) -> bool:
        """Whether the step must be left out; see `PatchedLoss.skips`."""
        return self.loss.skips(loss, parameters)


def bind(flags: Any) -> JodoLoss | None:
    """The loss that the flags ask for; prints what was resolved and stores it in the configuration.

    Args:
        flags: absl's, parsed: `config`, `loss-plugin`, `loss-options`.

    Returns:
        None for the loss `none`.
    """
    config, loss = flags.config, flags["loss-plugin"].value
    with one_sentence():
        bound = host.bind(TARGET, loss, flags["loss-options"].value or "")
        if bound is None:
            return None
        _check_objective(config, loss)
    with config.unlocked():
        config.loss_plugin, config.loss_options = loss, bound.options
    say_settings(bound, config.optim.lr, "--config.optim.lr")
    loss = PatchedLoss(bound, ELEMENTS.get(config.data.info_name, ()))
    return JodoLoss(loss, factors_of(config)[0], bond_scale(config))


def factors_of(config: Any) -> list[float]:
    """What JODO divides by: positions, types, charges, and bonds where there is a fourth."""
    factors = config.model.normalize_factors
    return [float(it) for it in (factors.split(",") if isinstance(factors, str) else factors)]


def bond_scale(config: Any) -> BondScale | None:
    """Of the configuration's channels of bonds; None for those that are not compressed."""
    if not str(getattr(config.data, "transform", "")).startswith(COMPRESSED):
        return None
    factors = factors_of(config)
    return BondScale(bool(config.data.centered), factors[3] if len(factors) > 3 else 1.0)


def _check_objective(config: Any, loss: str) -> None:
    if config.only_2D:
        raise UsageError(
            f"--loss-plugin {loss} is a loss of positions, and this configuration (only_2D) has"
            " none: take one that has, or --loss-plugin none"
        )
    if not config.model.pred_data:
        raise UsageError(
            f"--loss-plugin {loss} replaces the squared error of predicted positions; got"
            " config.model.pred_data=False, which predicts the noise: use"
            " --config.model.pred_data=True or --loss-plugin none"
        )
