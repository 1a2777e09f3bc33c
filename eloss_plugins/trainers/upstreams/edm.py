"""EDM checkpoints in, and out again for upstream's own scripts."""

import argparse
import pickle
from dataclasses import dataclass
from pathlib import Path

import torch

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.errors import Refused
from eloss_plugins.trainers import rng
from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.spec import TrainerSpec
from eloss_plugins.trainers.upstreams.edm_arguments import (
    UpstreamModel,
    from_arguments,
    to_arguments,
)
from eloss_plugins.trainers.upstreams.namespace import read_namespace
from eloss_plugins.trainers.upstreams.weights import load_state, read_state

ARGUMENTS = "args.pickle"
WEIGHTS = "generative_model.npy"  # a torch file in spite of its ending
AVERAGED = "generative_model_ema.npy"


@dataclass(frozen=True)
class Imported:
    """An upstream model, loaded.

    Attributes:
        model: in eval mode.
        described: trainer, sizes and elements.
    """

    model: Diffusion
    described: UpstreamModel


def import_upstream(folder: Path, *, averaged: bool = True) -> Imported:
    """The model in an output folder of upstream's training script.

    Args:
        folder: holds `args.pickle` and `generative_model_ema.npy` or `generative_model.npy`.
        averaged: take the averaged weights if the run kept them.

    Raises:
        Refused: a file is missing, unsafe, damaged, or does not fit the arguments.
    """
    if not (folder / ARGUMENTS).is_file():
        raise Refused(f"{folder} has no {ARGUMENTS}; give an output folder of an EDM run")
    described = from_arguments(read_namespace(folder / ARGUMENTS))
    weights = folder / (AVERAGED if averaged and described.uses_ema else WEIGHTS)
    with rng.isolated(torch.device("cpu")):  # first weights are drawn, and then replaced
        model = described.spec.build(described.config, described.elements)
    assert isinstance(model, Diffusion)
    load_state(model, read_state(weights), str(weights))
    return Imported(model.eval(), described)


def export_upstream(
    folder: Path,
    model: Generator,
    spec: TrainerSpec,
    config: DiffusionConfig,
    elements: tuple[int, ...],
) -> None:
    """Write `model` into `folder` as upstream's training script does, for its own scripts.

    Both weight files get the same weights. A plain network trained here without counting
    padding gives upstream's outputs only on molecules that are not padded.

    Raises:
        Refused: the model has a setting or elements that upstream has not.
    """
    arguments: argparse.Namespace = to_arguments(spec, config, elements)
    state = {name: value.detach().cpu() for name, value in model.state_dict().items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name in (WEIGHTS, AVERAGED):
        atomic_write(folder / name, lambda stream: torch.save(state, stream))
    atomic_write(folder / ARGUMENTS, lambda stream: pickle.dump(arguments, stream))
