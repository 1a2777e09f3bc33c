"""What can be set about a training run, for `train` and for every run of `compare`."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eloss_plugins.cli import values
from eloss_plugins.cli.settings import Origin, Setting

RUN, MODEL, OPTIMISER, RECORDS, MACHINE = (
    "run",
    "model",
    "optimiser",
    "records",
    "machine",
)

TRAINER = Setting("model", values.word, "gdm, edm, jodo, flow, ...", "MODEL", form="word")
LOSS = (
    Setting("loss_plugin", values.word, "loss on positions (default: none)", "NAME", "loss"),
    Setting("loss_options", str, "options of the loss", "K=V,...", "loss"),
)
OWN = (
    Setting("out", values.path, "folder of the run (default: runs/MODEL-LOSS-SEED)", "DIR", RUN),
    Setting("seed", values.seed, "of weights, noise and data order (default: 0)", "N", RUN),
)
RATE = (
    Setting("learning_rate", values.positive, "of the optimiser (default: tuned)", "X", OPTIMISER),
)
SHARED = (
    Setting("data", values.word, "name or path of the molecules (default: bundled)", "DATA", RUN),
    Setting("steps", values.count, "optimiser steps (default: 10000)", "N", RUN),
    Setting("epochs", values.count, "passes over the data, instead of --steps", "N", RUN),
    Setting("start_from", values.path, "run whose weights come first", "RUN", RUN),
    Setting("model_preset", values.word, "sizes: tiny, small, paper-qm9, ...", "NAME", MODEL),
    Setting("layers", values.count, "depth of the network", "N", MODEL),
    Setting("features", values.count, "width of the network", "N", MODEL),
    Setting("timesteps", values.count, "steps of the noise process", "N", MODEL),
    Setting("schedule", values.word, "polynomial_2, cosine, ...", "NAME", MODEL),
    Setting("model_options", values.pairs_of(str), "other model settings", "K=V,...", MODEL),
    Setting("batch_size", values.count, "molecules in a step", "N", OPTIMISER),
    Setting("warmup", values.whole_number, "steps in which the rate rises", "N", OPTIMISER),
    Setting(
        "rate_course", values.word, "constant, linear or cosine, to the end", "NAME", OPTIMISER
    ),
    Setting("ema_decay", values.fraction, "of the averaged weights; 0: off", "X", OPTIMISER),
    Setting("clip", values.yes_or_no, "clip gradients by their history", "YES|NO", OPTIMISER),
    Setting("size_pool", values.count, "batches sorted by size together", "N", OPTIMISER),
    Setting("non_finite_limit", values.whole_number, "bad batches that stop", "N", OPTIMISER),
    Setting("log_every", values.count, "steps between lines of metrics.jsonl", "N", RECORDS),
    Setting("valid_every", values.whole_number, "steps between validations", "N", RECORDS),
    Setting("valid_molecules", values.whole_number, "in a validation; 0: none", "N", RECORDS),
    Setting("checkpoint_every", values.count, "steps between checkpoints", "N", RECORDS),
    Setting("keep_last", values.count, "checkpoints kept", "N", RECORDS),
    Setting("precision", values.word, "32-true, bf16-mixed, 16-mixed, 64-true", "NAME", MACHINE),
    Setting("accelerator", values.word, "auto, cpu, cuda, gpu, mps", "NAME", MACHINE),
    Setting("devices", values.count, "processes that train (default: 1)", "N", MACHINE),
)
RECIPE = Setting(
    "recipe", values.word, "published settings: paper-qm9, paper-geom; others win", "NAME", RUN
)
TRAIN = (TRAINER, RECIPE, *LOSS, *OWN, *RATE, *SHARED)
MODEL_KEYS = {
    "model_preset": "preset",
    "layers": "layers",
    "features": "features",
    "timesteps": "timesteps",
    "schedule": "schedule",
}
RENAMED = {"model": "trainer", "loss_plugin": "loss"}


def train_config(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `TrainConfig`, as JSON, from settings by key; unset ones stay out."""
    model = dict(given.get("model_options") or {})
    model |= {MODEL_KEYS[key]: value for key, value in given.items() if key in MODEL_KEYS}
    fields = {
        RENAMED.get(key, key): str(value) if isinstance(value, Path) else value
        for key, value in given.items()
        if key not in MODEL_KEYS and key not in (RECIPE.key, "model_options")
    }
    return {**fields, **({"model": model} if model else {})}


def with_defaults(given: Mapping[str, Origin]) -> dict[str, Origin]:
    """Every setting with its origin, the trainer's own values included.

    Raises:
        UsageError: an unknown trainer, or values that no run can have.
    """
    from eloss_plugins.trainers.config import TrainConfig
    from eloss_plugins.trainers.parts import (
        model_config,
        own_learning_rate,
        resolve_loss,
        tuned_for,
    )
    from eloss_plugins.trainers.processes.surroundings import resolve_devices
    from eloss_plugins.trainers.start_config import model_of_start

    values = {key: origin.value for key, origin in given.items()}
    config = TrainConfig.from_json(train_config(values))
    spec, _, settings = resolve_loss(config)
    model = model_config(spec, model_of_start(config, spec))
    tuned = tuned_for(spec, config.loss, settings)
    rate = own_learning_rate(spec, config.loss, settings)
    source = f"tuned: {tuned.source}" if tuned is not None else "default"
    own = dataclasses.asdict(config) | {
        "loss_plugin": config.loss,
        "devices": resolve_devices(config.devices),
        **{key: getattr(model, field, None) for key, field in MODEL_KEYS.items()},
    }
    complete = {s.key: Origin(own.get(s.key), "default") for s in TRAIN}
    complete["learning_rate"] = Origin(rate, source)
    return complete | {s.key: given[s.key] for s in TRAIN if s.key in given}
