"""Adapter for TABASCO: a class for its configuration slot `model.interdist_loss`; no patch.

TABASCO calls the slot as (path, pred, compute_stats) and adds its answer to its own losses, of
which `model.coords_interpolant.loss_weight=0.0` switches the squared error off. It predicts
endpoints, has noise at t = 0, heavy atoms alone, coordinates divided by 2.0, and a padding mask
that is one for padding. Its own time weight is 1 / (1 - t)**2 within [0.05, 100]. Upstream:
carlosinator/tabasco, commit 35d5ed8, `FlowMatchingModel._compute_loss` and
`CenteredMetricInterpolant.compute_loss`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from eloss_plugins.hookspecs import BindOptions, hookimpl
from eloss_plugins.position_loss.flow import FlowPositionLoss

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.loss_batch import LossBatch

TARGET = "tabasco"
DATA_AT = 1
LENGTH_SCALE = 2.0
"""Angstrom per unit: `MoleculeConverter.dataset_normalizer`."""

SMALLEST, LARGEST, SOFTENING = 0.05, 100.0, 1e-6
"""Bounds of the time weight and what is added to 1 - t, in `configs/model/flow_model.yaml`."""

ATOMIC_NUMBERS = (6, 7, 8, 9, 16, 17, 35, 53, 0)
"""Of the columns of `atomics`: C N O F S Cl Br I, and anything else."""

Pair = tuple["Tensor", dict[str, Any]]


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss for what TABASCO calls a path and a prediction, target `tabasco`."""
    if target != TARGET:
        return None
    return TabascoPositionLoss(options.loss, find_bonds=options.uses_bonds)


class TabascoPositionLoss:
    """A position loss called with what TABASCO's path and prediction hold; see `scene_of`.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        find_bonds: find bonds between heavy atoms by distance.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], *, find_bonds: bool = False):
        self.flow = FlowPositionLoss(loss, find_bonds=find_bonds)
        self.find_bonds = find_bonds

    def __call__(
        self,
        prediction: Tensor,
        positions: Tensor,
        time: Tensor,
        mask: Tensor,
        *,
        length_scale: float = LENGTH_SCALE,
        noisy: Tensor | None = None,
        types: Tensor | None = None,
        time_weight: str = "own",
        time_factor: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """What takes the place of the weighted squared error before its mean, `(molecules,)`.

        Args:
            prediction: `(molecules, atoms, 3)`, predicted clean coordinates.
            positions: `(molecules, atoms, 3)`, clean coordinates, centred.
            time: `(molecules,)`, 1 at the data.
            mask: `(molecules, atoms)`, one for real atoms: not upstream's padding mask.
            length_scale: angstrom per unit.
            noisy: `(molecules, atoms, 3)`, x_t, for the check of the first batch.
            types: `(molecules, atoms, types)`, one-hot, for losses that ask for bonds.
            time_weight: `own`, or `paper`, 1 / (1 - t)**2.
            time_factor: the trainer's own weight of a time; None for that of its stock
                configuration. Not used with `paper`.

        Raises:
            UsageError: on the first call, something does not have the form above.
        """
        answer = self.flow(
            prediction,
            positions,
            time,
            data_at=DATA_AT,
            mask=mask,
            noisy=noisy,
            time_weight=time_weight,
            length_scale=length_scale,
            numbers=numbers_of(types) if self.find_bonds and types is not None else None,
        )
        if time_weight != "own":
            return answer
        return answer * (time_factor or stock_factor)(time)


class SlotLoss:
    """What `model.interdist_loss` names: `{_target_: eloss_plugins.adapters.tabasco.SlotLoss}`.

    Args:
        loss: registered name of a loss.
        options: its settings, as text `name=value,...` or as a mapping.
        time_weight: `own`, as the squared error has it, or `paper`, 1 / (1 - t)**2.
        time_factor: `${model.coords_interpolant.time_factor}` where the configuration has another
            weight than the stock one.
        length_scale: angstrom per unit of coordinates.

    Raises:
        SystemExit: a name or an option is wrong; one sentence says which.
    """

    def __init__(
        self,
        loss: str = "energy",
        options: str | Mapping[str, Any] = "",
        time_weight: str = "own",
        time_factor: Callable[[Tensor], Tensor] | None = None,
        length_scale: float = LENGTH_SCALE,
    ) -> None:
        from eloss_plugins.patched.tabasco import bind

        self.position_loss = bind(TARGET, loss, options, time_weight)
        self.settings = {
            "time_weight": time_weight,
            "time_factor": time_factor,
            "length_scale": length_scale,
        }

    def __call__(self, path: Any, pred: Mapping[str, Tensor], compute_stats: bool = True) -> Pair:
        """Mean over the batch, and it again by the name of the loss where statistics are wanted."""
        scene = {**scene_of(path, pred), **self.settings}
        answer = self.position_loss(training=not compute_stats, **scene).mean()
        if not compute_stats:
            return answer, {}
        return answer, {f"{self.position_loss.name}_loss": answer.detach().item()}


def scene_of(path: Any, pred: Mapping[str, Tensor]) -> dict[str, Any]:
    """The arguments of `TabascoPositionLoss` in upstream's own.

    Args:
        path: has `t` `(molecules,)`, and `x_1` and `x_t` with `coords`, `atomics` and
            `padding_mask`, one for padding.
        pred: has `coords`, predicted clean coordinates.
    """
    clean = path.x_1
    return {
        "prediction": pred["coords"],
        "positions": clean["coords"],
        "time": path.t,
        "mask": ~clean["padding_mask"].bool(),
        "noisy": path.x_t["coords"],
        "types": clean["atomics"],
    }


def stock_factor(time: Tensor) -> Tensor:
    """TABASCO's weight of a time in its stock configuration, `(molecules,)`."""
    from eloss_plugins.core.flow_matching import bounded_inverse_square, noise_level

    bounds = {"smallest": SMALLEST, "largest": LARGEST, "softening": SOFTENING}
    return bounded_inverse_square(noise_level(time, DATA_AT), **bounds) * (time > 0)


def numbers_of(types: Tensor) -> Tensor | None:
    """Atomic numbers of one-hot types `(molecules, atoms, types)`; None for other columns."""
    import torch

    if types.shape[-1] != len(ATOMIC_NUMBERS):
        return None
    return torch.tensor(ATOMIC_NUMBERS, device=types.device)[types.argmax(-1)]
