"""A position loss at the place of a flow-matching loss, the ground of three adapters.

It translates names, shapes and masks; the weights are those of `core/flow_matching.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eloss_plugins.position_loss.ground import PositionLoss

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds
    from eloss_plugins.core.prediction_types import Scaled
    from eloss_plugins.position_loss.first_flow_batch import FlowBatch


class FlowPositionLoss(PositionLoss):
    """A position loss called with what is in scope at a flow-matching loss.

    The first call checks what it is given and raises one sentence; later calls trust.
    """

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
        from eloss_plugins.position_loss import first_flow_batch as first

        given = first.FlowBatch(
            prediction, positions, time, data_at, mask, batch, velocity, noisy, length_scale
        )
        if not self._checked:
            first.check_convention(data_at, time_weight)
            first.check(given)
            self._checked = True
        return self._of(
            _scaled(given, time_weight),
            positions,
            _plain(mask),
            bonds=bonds,
            numbers=numbers,
            features=features,
            length_scale=length_scale,
            batch=batch,
        )


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
