"""A position loss at the place of a flow-matching loss, the ground of three adapters.

It translates names, shapes and masks; the weights are those of `core/flow_matching.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds
    from eloss_plugins.core.loss_batch import LossBatch
    from eloss_plugins.core.prediction_types import Scaled
    from eloss_plugins.position_loss.first_flow_batch import FlowBatch


class FlowPositionLoss:
    """A position loss called with what is in scope at a flow-matching loss.

    The first call checks what it is given and raises one sentence; later calls trust.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        find_bonds: find bonds by distance where `numbers` are given and `bonds` not, padded only.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], *, find_bonds: bool = False):
        self.loss = loss
        self.find_bonds = find_bonds
        self._checked = False

    def __call__(
        self,
        prediction: Tensor,
        positions: Tensor,
        time: Tensor,
        *,
        data_at: int,
        velocity: Tensor | None = None,
        mask: Tensor | None = None,
        batch: Tensor | None = None,
        noisy: Tensor | None = None,
        time_weight: str = "own",
        length_scale: float = 1.0,
        numbers: Tensor | None = None,
        bonds: Bonds | None = None,
        features: Tensor | None = None,
    ) -> Tensor:
        """What takes the place of the squared error, `(molecules,)`.

        Args:
            prediction: `(molecules, atoms, 3)` padded or `(atoms, 3)` flat: predicted velocities
                where `velocity` is given, predicted clean positions where not.
            positions: the same shape, clean positions, centred.
            time: `(molecules,)`, or any shape of that many numbers.
            data_at: the time of the data, 0 or 1.
            velocity: shape of `positions`, what predicted velocities are regressed against.
            mask: `(molecules, atoms)` or `(molecules, atoms, 1)`, one for real atoms.
            batch: `(atoms,)` int64, the molecule of each atom, when flat.
            noisy: shape of `positions`, x_t; only to check once which way time runs.
            time_weight: `own`, as the squared error in the same place has it, or `paper`, 1 / t**2
                (1 / (1 - t)**2 where data stand at 1), which velocities have anyway.
            length_scale: angstrom per unit of `positions`.
            numbers: int64 atomic numbers, shaped like `mask` or `batch`.
            bonds: where a law or an edge set asks for them.
            features: `(molecules, atoms, F)` or `(atoms, F)`.

        Raises:
            UsageError: on the first call, something does not have the form above.
        """
        from eloss_plugins.core.loss_batch import LossBatch
        from eloss_plugins.position_loss import first_flow_batch as first

        given = first.FlowBatch(
            prediction, positions, time, data_at, mask, batch, velocity, noisy, length_scale
        )
        if not self._checked:
            first.check_convention(data_at, time_weight)
            first.check(given)
            self._checked = True
        residual, signal, noise = _scaled(given, time_weight)
        real = _plain(mask)
        return self.loss(
            LossBatch(
                target=positions,
                residual=residual,
                signal=signal,
                noise=noise,
                mask=real,
                batch=batch,
                length_scale=length_scale,
                bonds=self._found(bonds, numbers, real, given),
                features=features,
                numbers=numbers,
            )
        )

    def _found(
        self, bonds: Bonds | None, numbers: Tensor | None, mask: Tensor | None, given: FlowBatch
    ) -> Bonds | None:
        if not self.find_bonds or bonds is not None or numbers is None or given.batch is not None:
            return bonds
        from eloss_plugins.chem.batch_bonds import find_batch_bonds

        real = numbers > 0 if mask is None else mask
        return find_batch_bonds(given.positions * given.length_scale, numbers, real)


def _plain(mask: Tensor | None) -> Tensor | None:
    from eloss_plugins.position_loss import first_batch

    return None if mask is None else first_batch.plain_mask(mask)


def _scaled(given: FlowBatch, time_weight: str) -> Scaled:
    """Residual, signal and noise of what is predicted, under the time weight."""
    from eloss_plugins.core import flow_matching as flow

    time = given.time.detach().reshape(-1)
    if given.velocity is not None:
        return flow.velocity(given.prediction, given.velocity, time=time, data_at=given.data_at)
    if time_weight == "own":
        return flow.endpoint(given.prediction, given.positions, time=time)
    noise = flow.noise_level(time, given.data_at)
    return flow.endpoint_as_velocity(
        given.prediction, given.positions, noise=noise, batch=given.batch
    )
