"""One step of ETFlow, recorded in double precision: `etflow_scene.py FILE`, in a place with data.

Beside what stands at its loss: the noise of its path, and what its own loss functions say.
"""

import sys

import torch
from etflow.data import EuclideanDataset
from etflow.models import model
from etflow.models.loss import batchwise_l2_loss, batchwise_mse_loss
from torch_geometric.data import Batch

MOLECULES = 24
scene: dict[str, torch.Tensor] = {}


class Recorded(model.BaseFlow):
    def sample_conditional_pt(self, x0, x1, t, batch):
        x_t, eps = super().sample_conditional_pt(x0, x1, t, batch)
        scene.update(positions=x1, time=t, noisy=x_t, eps=eps)
        return x_t, eps

    def log_helper(self, key, value, batch_size):
        """There is no trainer that logs."""


def recorded(v_t, u_t, batch, reduce):
    scene.update(prediction=v_t, velocity=u_t, batch=batch)
    scene["squared"] = batchwise_mse_loss(v_t, u_t, batch, reduce)
    scene["own"] = batchwise_l2_loss(v_t, u_t, batch, reduce)
    return scene["own"]


torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
molecules = EuclideanDataset(partition="qm9", split="train")
batch = Batch.from_data_list([molecules[place] for place in range(MOLECULES)])
batch.pos, batch.node_attr = batch.pos.double(), batch.node_attr.double()
model.batchwise_l2_loss = recorded
network = Recorded(
    hidden_channels=16, num_layers=2, num_rbf=8, num_heads=4, node_attr_dim=10, edge_attr_dim=1
)
network.training_step(batch, 0)
torch.save({name: value.detach() for name, value in scene.items()}, sys.argv[1])
