"""Putting a run together: settings resolved, model built, state restored, files opened."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.precision import Precision
from numpy.typing import NDArray

from eloss_plugins.data.nodes import NodeDistribution
from eloss_plugins.errors import UsageError
from eloss_plugins.progress import is_quiet, quiet
from eloss_plugins.trainers import identity, rng, run_state, streak, validation
from eloss_plugins.trainers.batch_order import BatchOrder
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.ema import Ema
from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.optimizer import adamw
from eloss_plugins.trainers.parts import Parts, model_config, resolve_learning_rate
from eloss_plugins.trainers.processes import gradients
from eloss_plugins.trainers.processes.ranks import Ranks
from eloss_plugins.trainers.run_state import RunState
from eloss_plugins.trainers.start_config import model_of_start
from eloss_plugins.trainers.train_step import TrainStep
from eloss_plugins.trainers.training_module import TrainingModule

_log = logging.getLogger(__name__)
DTYPES = {"64-true": torch.float64}  # of the batch; float32 under every other precision


@dataclass(frozen=True)
class Session:
    """A run that is ready to train.

    Attributes:
        config: resolved.
        parts: trainer, data, loss.
        record: what config.json and each checkpoint say about the run.
        ranks: the processes.
        state: what training changes.
        train_step: how it changes it.
        train_places: `(molecules,)` places of the training molecules in the data set.
        valid_places: those of the molecules that validations use.
        dtype: of the batches.
    """

    config: TrainConfig
    parts: Parts
    record: Mapping[str, Any]
    ranks: Ranks
    state: RunState
    train_step: TrainStep
    train_places: NDArray[np.int64]
    valid_places: NDArray[np.int64]
    dtype: torch.dtype

    @property
    def total_steps(self) -> int:
        """The step at which the run is complete."""
        return self.config.total_steps(self.state.order.batches_per_epoch)

    def to_checkpoint(self) -> dict[str, Any]:
        """The whole run as tensors and plain containers; every rank has to call it."""
        return {
            **self.record,
            **run_state.to_checkpoint(self.state, self.ranks),
            "precision": self._precision.state_dict(),
        }

    def from_checkpoint(self, saved: Mapping[str, Any]) -> None:
        """Go on from what `to_checkpoint` gave."""
        self._precision.load_state_dict(saved["precision"])
        run_state.from_checkpoint(self.state, saved, self.ranks)
        if len(saved["ranks"]) != self.ranks.world:  # streams of noise that no step has seen
            rng.seed_all(noise_seed(self.config.seed, self.ranks.rank, self.state.step))

    @property
    def _precision(self) -> Precision:
        """Fabric's, whose state is that of a gradient scaler if it has one."""
        precision: Precision = self.train_step.fabric.strategy.precision
        return precision


def resolved(config: TrainConfig, parts: Parts) -> TrainConfig:
    """`config` with the trainer's own values where it had none, sizes of `start_from` before those.

    Raises:
        UsageError: there is no run to start from.
        Refused: it is of another model.
    """
    model = model_of_start(config, parts.spec)
    return replace(config, learning_rate=resolve_learning_rate(config, parts), model=model)


def assemble(config: TrainConfig, parts: Parts, fabric: Fabric, ranks: Ranks) -> Session:
    """A session at step 0; `config` must be resolved. Seeds the global generators.

    Raises:
        UsageError: settings that do not fit the trainer or the data.
    """
    places = np.asarray(parts.data.splits["train"], dtype=np.int64)
    sizes = parts.data.molecules.sizes
    check_enough(len(places), config, ranks)
    prepare_loss(parts, places, ranks)
    rng.seed_all(config.seed)
    sizes_of_model = model_config(parts.spec, config.model)
    model = parts.spec.build(sizes_of_model, parts.data.elements, parts.loss)
    module = TrainingModule(model, parts.spec.augment)
    optimizer = adamw(model.parameters(), config.learning_rate or 0.0)
    wrapped, wrapped_optimizer = fabric.setup(module, optimizer)
    gradients.share(ranks, [*module.parameters(), *module.buffers()])
    rng.seed_all(noise_seed(config.seed, ranks.rank))
    return Session(
        config=config,
        parts=parts,
        record=_record(config, parts, model, ranks),
        ranks=ranks,
        state=RunState(
            model, Ema(model, config.ema_decay), optimizer, _order(config, sizes[places])
        ),
        train_step=TrainStep(
            fabric,
            wrapped,
            wrapped_optimizer,
            ranks,
            config.clip,
            called=partial(streak.described, molecules=parts.data.molecules),
        ),
        train_places=places,
        valid_places=validation.choose(
            parts.data.splits.get("valid", places[:0]), sizes, config.valid_molecules
        ),
        dtype=DTYPES.get(config.precision, torch.float32),
    )


def prepare_loss(parts: Parts, places: NDArray[np.int64], ranks: Ranks) -> None:
    """Show the training molecules to a loss that wants to see them before it is called."""
    prepare = getattr(parts.loss, "prepare", None)
    if prepare is not None:
        chosen = parts.data.molecules.subset(places)

        def shown() -> None:
            with quiet(is_quiet() or not ranks.is_main):
                prepare(chosen.positions, chosen.numbers, chosen.offsets)

        ranks.first_on_main(shown)  # graphs that it keeps on disk are made once


def noise_seed(seed: int, rank: int, step: int = 0) -> int:
    """The seed of one rank's noise from `step` on, apart from the seed of the weights."""
    return 1 + seed + 1_000_003 * (rank + 1) + 15_485_863 * step


def record_of(config: TrainConfig, parts: Parts) -> dict[str, Any]:
    """What must not change between sittings."""
    return identity.plain(
        {
            "config": config.to_json(),
            "molecules": identity.fingerprint(parts.data),
            "loss": dict(parts.settings),
            "versions": identity.versions(),
        }
    )


def _record(config: TrainConfig, parts: Parts, model: Generator, ranks: Ranks) -> dict[str, Any]:
    nodes: NodeDistribution = parts.data.nodes("train")
    parameters = sum(p.numel() for p in model.parameters())
    _log.info("%d parameters on %s in %s", parameters, ranks.device, config.precision)
    return {
        "identity": record_of(config, parts),
        "elements": [int(number) for number in parts.data.elements],
        "nodes": {name: value.tolist() for name, value in nodes.state_dict().items()},
        "parameters": parameters,
        "world": ranks.world,
    }


def _order(config: TrainConfig, sizes: NDArray[np.int64]) -> BatchOrder:
    return BatchOrder(sizes, config.batch_size, config.seed, config.size_pool)


def check_enough(molecules: int, config: TrainConfig, ranks: Ranks) -> None:
    """Raise UsageError where there is nothing to train on, or less than one molecule a rank."""
    if molecules == 0:
        raise UsageError(f"expected training molecules in {config.data!r}; got none")
    if config.batch_size < ranks.world:  # a smaller set is passed as often as fills a batch
        raise UsageError(
            f"a batch of {config.batch_size} molecules is too small for {ranks.world} devices; "
            "raise batch_size or take fewer devices"
        )
