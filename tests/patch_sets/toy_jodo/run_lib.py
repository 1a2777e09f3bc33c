"""Training: ten steps, a look at a validation batch, a hash of the weights."""

import hashlib

import losses
import torch

STEPS = 10


def batch(config, step):
    """Tetrahedra of four atoms around a fifth, turned by chance, the last one without an atom."""
    corners = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 3**0.5
    x = torch.cat([torch.zeros(1, 3), 1.09 * corners]).repeat(4, 1, 1)
    turn = torch.linalg.qr(torch.randn(4, 3, 3)).Q
    mask = torch.ones(4, 5, 1)
    mask[3, 4] = 0
    x = (x @ turn) * mask
    x = (x - x.sum(1, keepdim=True) / mask.sum(1, keepdim=True)) * mask / config.unit
    types = torch.tensor([[0.0, 1.0, 0, 0, 0]] + 4 * [[1.0, 0, 0, 0, 0]]) * mask
    if step == config.nan_at:
        types = types * float("nan")
    return {"positions": x, "types": types, "mask": mask, "bonds": bonds(mask) * config.bonded}


def bonds(mask):
    """Single bonds of the first atom, whether and a third of how many, from -1 to 1."""
    channels = torch.zeros(4, 5, 5, 2)
    channels[:, 0, 1:] = channels[:, 1:, 0] = torch.tensor([1.0, 1 / 3])
    pairs = mask.unsqueeze(1) * mask.unsqueeze(2) * (1 - torch.eye(5)).unsqueeze(-1)
    return (2 * channels - 1) * pairs


def train(config):
    print(config)
    torch.manual_seed(0)
    model = losses.Model()
    state = {"model": model, "optimizer": torch.optim.Adam(model.parameters(), config.optim.lr)}
    optimize = losses.optimization_manager(config)
    train_step_fn = losses.get_step_fn(True, optimize, config)
    eval_step_fn = losses.get_step_fn(False, optimize, config)
    for step in range(STEPS):
        print(f"step {train_step_fn(state, batch(config, step)).item():.6f}")
    torch.manual_seed(1)
    print(f"valid {eval_step_fn(state, batch(config, -2)).item():.6f}")
    weights = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    print("weights", hashlib.sha256(weights.numpy().tobytes()).hexdigest())
    print("finite", bool(weights.isfinite().all()))
