"""Our flow trainer in SemlaFlow's place: its batch, its path, its network's answer."""

import torch
from torch import Tensor, nn
from upstream_semlaflow import SCALE, TYPES, Recorded

from eloss_plugins import host
from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.flow_model.config import FlowConfig
from eloss_plugins.trainers.flow_model.draw import Draw
from eloss_plugins.trainers.flow_model.model import Flow


class Answers(nn.Module):
    """A network that leads to `predicted` from wherever it is asked."""

    def __init__(self, predicted: Tensor):
        super().__init__()
        self.predicted = predicted

    def forward(self, noisy: Tensor, _level: Tensor, _mask: Tensor) -> Tensor:
        return torch.cat([self.predicted - noisy[..., :3], noisy[..., 3:]], dim=-1)


def our_loss(given: Recorded, loss: str) -> Tensor:
    """The position loss of the trainer that predicts endpoints with data at 1, `(molecules,)`."""
    mask = given.mask.bool()
    batch = Batch(
        positions=given.coords * SCALE,
        one_hot=given.types,
        charges=mask.unsqueeze(-1).float(),
        mask=mask,
        index=torch.arange(len(mask)),
    )
    config = FlowConfig(data_at=1, prediction="endpoint", norm_values=(SCALE, 4.0, 10.0))
    model = Flow(Answers(given.predicted), config, elements=TYPES)
    model.position_loss = host.bind("flow-matching", loss)
    time = given.times.view(-1, 1, 1)
    noise = torch.zeros(*mask.shape, 3 + TYPES)
    noise[..., :3] = (given.noisy - time * given.coords) / (1 - time)
    return model.losses_at(batch, Draw(given.times, noise))["position"]


def averaged_like_upstream(loss: Tensor, mask: Tensor) -> Tensor:
    """Upstream's mean of a molecule's error counts padding, so molecules weigh by their size."""
    return (loss * mask.float().mean(1)).mean()
