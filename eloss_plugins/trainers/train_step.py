"""One step of training: guard, backward, clip, update."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from eloss_plugins.data.batch import Batch
from eloss_plugins.errors import PluginError
from eloss_plugins.trainers.clipping import scale_to, total_norm
from eloss_plugins.trainers.guard import (
    Guarded,
    Losses,
    again,
    guarded,
    kept_without_culprits,
    mean_over_kept,
)
from eloss_plugins.trainers.processes import gradients
from eloss_plugins.trainers.processes.ranks import Ranks
from eloss_plugins.trainers.run_state import RunState
from eloss_plugins.trainers.training_module import Sealed

LEAST_SCALE = 1.0  # a scaler starts at 65536; a gradient that overflows unscaled is at fault itself


@dataclass(frozen=True)
class StepReport:
    """What a step did.

    Attributes:
        terms: this rank's means over the molecules that count, detached; empty if none does.
        kept: this rank's molecules that count.
        dropped: data set indices of those that do not, over all ranks.
        norm: of the gradient before clipping; None if there was no gradient, infinite or NaN
            if a gradient scaler is to mend it.
    """

    terms: Mapping[str, Tensor]
    kept: int
    dropped: list[int]
    norm: float | None


@dataclass(frozen=True)
class TrainStep:
    """Changes a state's weights by one batch.

    Attributes:
        fabric: devices and precision.
        module: Fabric's wrap of a `TrainingModule`.
        optimizer: Fabric's wrap of the state's optimizer.
        ranks: the processes that decide together.
        clip: whether gradients are clipped.
        called: says which molecules stand at places in the data set, for messages.
    """

    fabric: Fabric
    module: nn.Module
    optimizer: torch.optim.Optimizer
    ranks: Ranks
    clip: bool
    called: Callable[[list[int]], str] = str

    def __call__(self, state: RunState, batch: Batch) -> StepReport:
        """Train on this rank's part of a batch; where nothing finite is left, change nothing."""
        step = guarded(self._losses, batch, self.ranks)
        norm = self._backward(state, step)
        if self._is_broken(norm):
            step, norm = self._mended(state, step)
        if norm is not None:
            self._update(state, norm)
        return StepReport(
            terms=means_of(step.losses, step.kept),
            kept=int(step.kept.sum()),
            dropped=self._all_dropped(step),
            norm=norm,
        )

    def _losses(self, batch: Batch) -> Losses:
        """The losses of `batch`; where a plugin fails on one rank, every rank raises."""
        return self.ranks.agree(lambda: self._forward(batch))

    def _forward(self, batch: Batch) -> Losses:
        try:
            losses: Losses = self.module(Sealed(batch))
        except PluginError as problem:
            places = batch.index.tolist()
            raise PluginError(f"{problem}. Molecules: {self.called(places)}") from problem
        return losses

    def _losses_alone(self, batch: Batch) -> Losses:
        """The losses without Fabric's wrap, which expects its own backward pass."""
        inner: Callable[[Sealed], Losses] = self.module.module  # type: ignore[assignment]
        with self.fabric.autocast():
            return inner(Sealed(batch))

    def _backward(self, state: RunState, step: Guarded) -> float | None:
        """Set the gradients and give their norm; None where no rank has a molecule to keep."""
        self.optimizer.zero_grad(set_to_none=True)
        (count,) = self.ranks.total([float(step.kept.sum())])
        if count == 0:
            return None
        loss = mean_over_kept(step.losses["loss"], step.kept, count)
        self.fabric.backward(loss)
        gradients.sum_over(self.ranks, state.model.parameters())
        self.fabric.strategy.precision.unscale_gradients(state.optimizer)
        return total_norm(_gradients(state))

    def _is_broken(self, norm: float | None) -> bool:
        """True for a non-finite gradient, unless a scaler can still look for a scale that fits."""
        return norm is not None and not math.isfinite(norm) and self._scale() <= LEAST_SCALE

    def _scale(self) -> float:
        """What a gradient scaler multiplies the loss by; 0 without one."""
        return float(self.fabric.strategy.precision.state_dict().get("scale", 0.0))

    def _mended(self, state: RunState, step: Guarded) -> tuple[Guarded, float | None]:
        """The step without the molecules that broke its gradient; none if that does not help."""
        parameters = [p for p in state.model.parameters() if p.requires_grad]
        kept = self.ranks.agree(lambda: kept_without_culprits(self._losses_alone, step, parameters))
        step = again(self._losses, step, kept)
        self._make_scaler_ready()
        norm = self._backward(state, step)
        if self._is_broken(norm):
            self._make_scaler_ready()
            return replace(step, kept=torch.zeros_like(step.kept)), None
        return step, norm

    def _make_scaler_ready(self) -> None:
        """After a gradient that is not used: a scaler skips the step and takes another one."""
        if self._scale():
            self.optimizer.step()

    def _update(self, state: RunState, norm: float) -> None:
        if self.clip and math.isfinite(norm):
            scale_to(_gradients(state), norm, state.queue.limit)
            state.queue.add(norm)
        self.optimizer.step()  # with a scaler and an infinite norm: only lowers the scale
        if math.isfinite(norm):
            state.ema.update(state.model)

    def _all_dropped(self, step: Guarded) -> list[int]:
        own = step.dropped
        if not self.ranks.largest(len(own)):
            return []
        return [place for places in self.ranks.gather(own) for place in places]


def means_of(losses: Losses, kept: Tensor) -> dict[str, Tensor]:
    """The mean of each float entry over the kept molecules, detached; empty if there is none."""
    count = int(kept.sum())
    if count == 0:
        return {}
    floats = {name: values for name, values in losses.items() if values.is_floating_point()}
    return {n: mean_over_kept(v.detach(), kept, count) for n, v in floats.items()}


def _gradients(state: RunState) -> list[Tensor]:
    return [p.grad for p in state.model.parameters() if p.grad is not None]
