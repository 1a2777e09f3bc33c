"""A model's own measure on held-out molecules, with noise of its own."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins.data.collate import collate
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.elements import Elements
from eloss_plugins.trainers import rng
from eloss_plugins.trainers.generator import NLL, Generator
from eloss_plugins.trainers.guard import finite_molecules, without
from eloss_plugins.trainers.processes.ranks import Ranks
from eloss_plugins.trainers.training_module import to_device

CHOICE_SEED, NOISE_SEED = 20220331, 20220317  # any constants; every run and step uses the same
LARGEST_BATCH = 32  # molecules; small, so that each of several ranks has a batch


@dataclass(frozen=True)
class Validation:
    """The mean of a model's measure.

    Attributes:
        value: of an `nll` nats a molecule, -log p(number of atoms) included.
        molecules: how many it is the mean of.
        excluded: molecules whose value is not finite, or whose size no training molecule has.
    """

    value: float
    molecules: int
    excluded: int


def choose(places: NDArray[np.int64], sizes: NDArray[np.int64], at_most: int) -> NDArray[np.int64]:
    """At most so many of `places`, a fixed random choice, ascending in size of molecule."""
    generator = np.random.Generator(np.random.PCG64(CHOICE_SEED))
    chosen = np.sort(generator.permutation(np.asarray(places, dtype=np.int64))[:at_most])
    return chosen[np.argsort(sizes[chosen], kind="stable")]


@torch.no_grad()
def validate(
    model: Generator, data: DataSet, places: NDArray[np.int64], batch_size: int, ranks: Ranks
) -> Validation:
    """The mean of `model.measure` over the molecules at `places`, shared out over the ranks.

    Batches and their noise are the same for any number of ranks, and so is the mean, bit for bit
    where the ranks compute alike. The model is put in evaluation mode for the time; its training
    stream of random numbers is not touched.
    """
    was_training = model.training
    size = min(batch_size, LARGEST_BATCH)
    batches = [places[start : start + size] for start in range(0, len(places), size)]
    device = next(model.parameters()).device
    with rng.isolated(device):
        model.eval()
        mine = ranks.agree(
            lambda: {
                number: _values(model, data, batches[number], number)
                for number in range(ranks.rank, len(batches), ranks.world)
            }
        )
        model.train(was_training)
    found = {number: values for part in ranks.gather(mine) for number, values in part.items()}
    values = [value for number in sorted(found) for value in found[number]]
    mean = math.fsum(values) / len(values) if values else float("nan")
    return Validation(mean, len(values), len(places) - len(values))


def _values(model: Generator, data: DataSet, chosen: NDArray[np.int64], number: int) -> list[float]:
    """The measure of each molecule of one batch, those without a finite one left out."""
    rng.seed_all(NOISE_SEED + number)
    parameter = next(model.parameters())
    batch = collate(data.molecules, chosen, Elements(data.elements))
    batch = to_device(batch, parameter.device, parameter.dtype)
    batch = without(batch, finite_molecules(batch))
    values = model.validation(batch).cpu().double()
    if model.measure == NLL:
        sizes = torch.from_numpy(data.molecules.sizes[chosen])
        values = values - data.nodes("train").log_prob(sizes).double()
    finite: list[float] = values[torch.isfinite(values) & batch.mask.any(1).cpu()].tolist()
    return finite
