"""Training the network with one loss and one seed, the same to the bit however often it stops."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eloss_plugins import host
from eloss_plugins.core.discrete import Couplings, SpinBatch
from eloss_plugins.errors import Refused
from eloss_plugins.side_by_side import Report
from eloss_plugins.spins.metrics import gaps, spins_of
from eloss_plugins.spins.network import SpinNetwork
from eloss_plugins.spins.problem_set import ProblemSet
from eloss_plugins.trainers import checkpoint

KEPT = 2  # checkpoints of a run
JUDGED_TOGETHER = 500


@dataclass(frozen=True)
class Training:
    """What decides a run, beside the data.

    Attributes:
        loss: registered name.
        options: of the loss, as text.
        seed: of weights and batch order.
        epochs: passes over the data.
        batch_size: spin glasses a step; what is left over of an epoch makes a smaller batch.
        learning_rate: of Adam.
        blocks: of the network.
        channels: of the network.
    """

    loss: str
    options: str = ""
    seed: int = 0
    epochs: int = 12
    batch_size: int = 128
    learning_rate: float = 1e-3
    blocks: int = 6
    channels: int = 48

    def steps(self, systems: int) -> int:
        """Batches in all epochs."""
        return self.epochs * -(-systems // self.batch_size)


@dataclass(eq=False)
class Sitting:
    """A run under way: what changes from step to step."""

    network: SpinNetwork
    optimizer: torch.optim.Optimizer
    epoch: int
    curve: list[dict[str, float]]


def train(
    training: Training, data: ProblemSet, test: ProblemSet, folder: Path, report: Report
) -> NDArray[np.float32]:
    """Train, or go on from the last epoch that `folder` has.

    Args:
        training: what decides the run.
        data: to train on.
        test: to judge on after each epoch; nothing is chosen by it.
        folder: of the run, for checkpoints.
        report: told how many batches are done.

    Returns:
        `(test systems, sites)` logits.

    Raises:
        Refused: the folder holds another run, or no checkpoint in it is whole.
    """
    loss = host.bind_discrete(training.loss, training.options)
    sitting = _begun(training, data, folder)
    done = sitting.epoch * -(-len(data.couplings) // training.batch_size)
    if done:
        report(done)
    while sitting.epoch < training.epochs:
        mean = _epoch(training, data, sitting, loss, report)
        sitting.epoch += 1
        gap = float(gaps(test, spins_of(predict(sitting.network, test))).mean())
        sitting.curve.append({"loss": mean, "gap": gap})
        _save(training, sitting, folder)
    return predict(sitting.network, test)


def _epoch(
    training: Training, data: ProblemSet, sitting: Sitting, loss: host.BoundLoss, report: Report
) -> float:
    """One pass over the data; the mean loss."""
    index, total = torch.as_tensor(data.lattice.index), 0.0
    for couplings, target in _batches(training, data, sitting.epoch):
        logits = sitting.network(couplings)
        losses = loss(SpinBatch(logits, target, Couplings(index, couplings)))
        sitting.optimizer.zero_grad()
        torch.autograd.backward(losses.mean())
        sitting.optimizer.step()
        total += float(losses.detach().sum())
        report(1)
    return total / len(data.couplings)


def predict(network: SpinNetwork, test: ProblemSet) -> NDArray[np.float32]:
    """`(systems, sites)` logits, with the network's settled statistics."""
    network.eval()
    with torch.no_grad():
        pieces = torch.split(torch.as_tensor(test.couplings, dtype=torch.float32), JUDGED_TOGETHER)
        found = torch.cat([network(piece) for piece in pieces])
    network.train()
    return np.asarray(found.numpy(), np.float32)


def curve_of(folder: Path) -> list[dict[str, float]]:
    """Loss and gap after each epoch of the run in `folder`."""
    found = checkpoint.load_newest(folder)
    return [] if found is None else list(found.state["curve"])


def _begun(training: Training, data: ProblemSet, folder: Path) -> Sitting:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = SpinNetwork(data.lattice, training.blocks, training.channels)
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=training.learning_rate)
    sitting = Sitting(network, optimizer, 0, [])
    found = checkpoint.load_newest(folder)
    if found is None:
        return sitting
    if found.state["identity"] != _identity(training):
        raise Refused(f"{folder} holds a run with other settings; add --overwrite, or move it")
    network.load_state_dict(found.state["network"])
    optimizer.load_state_dict(found.state["optimizer"])
    return Sitting(network, optimizer, found.state["step"], list(found.state["curve"]))


def _batches(training: Training, data: ProblemSet, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Couplings and ground states in the order of this epoch."""
    entropy = np.random.SeedSequence([training.seed, epoch, 2])
    order = np.random.Generator(np.random.Philox(entropy)).permutation(len(data.couplings))
    for start in range(0, len(order), training.batch_size):
        places = order[start : start + training.batch_size]
        couplings = torch.as_tensor(data.couplings[places], dtype=torch.float32)
        yield couplings, torch.as_tensor(data.spins[places])


def _save(training: Training, sitting: Sitting, folder: Path) -> None:
    state: dict[str, Any] = {
        "identity": _identity(training),
        "network": sitting.network.state_dict(),
        "optimizer": sitting.optimizer.state_dict(),
        "curve": sitting.curve,
    }
    checkpoint.save(folder, sitting.epoch, state)
    checkpoint.prune(folder, KEPT)


def _identity(training: Training) -> str:
    return json.dumps(asdict(training), sort_keys=True)
