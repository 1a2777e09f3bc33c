"""Objectives of the shape that the patch set looks for, small enough to read."""

import torch


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3 + 5 + 1, 3 + 5)

    def forward(self, t, z_t, node_mask):
        time = t.view(-1, 1, 1).expand(-1, z_t.shape[1], 1)
        return self.layer(torch.cat([z_t, time], dim=2)) * node_mask


def optimization_manager(config):
    norms = [3000.0]

    def optimize(optimizer, parameters):
        if config.optim.grad_clip:
            limit = 1.5 * sum(norms) / len(norms)
            norm = float(torch.nn.utils.clip_grad_norm_(parameters, max_norm=limit))
            norms.append(min(norm, limit) if norm == norm else norm)
        optimizer.step()

    return optimize


def get_step_fn(train, optimize_fn, config):
    if config.pred_edge:
        loss_fn = get_sde_graph_loss_fn(train, config)
    else:
        loss_fn = get_sde_node_loss_fn(train, config)

    def step_fn(state, batch):
        model = state["model"]
        if train:
            state["optimizer"].zero_grad()
            loss = loss_fn(model, batch)
            loss.backward()
            optimize_fn(state["optimizer"], model.parameters())
        else:
            with torch.no_grad():
                loss = loss_fn(model, batch)
        return loss

    return step_fn


def get_sde_node_loss_fn(train, config):
    """Without bonds."""
    pred_data = config.model.pred_data

    def loss_fn(model, batch):
        model.train(train)
        xh, node_mask, z_t, alpha_t, sigma_t, t = noisy(batch)
        align_pos = turned(z_t, xh)
        pred = model(t, z_t, node_mask)
        if pred_data:
            losses_pos = torch.square(pred[:, :, :3] - align_pos)
            losses_pos = torch.mean(losses_pos, dim=-1)
            losses_pos = torch.sum(losses_pos, dim=-1)
            losses_types = torch.square(pred[:, :, 3:] - xh[:, :, 3:]).mean(-1).sum(-1)
        else:
            losses_pos = pred[:, :, :3] - z_t[:, :, :3]
            losses_pos = torch.mean(losses_pos**2, dim=-1)
            losses_pos = torch.sum(losses_pos, dim=-1)
            losses_types = torch.zeros_like(losses_pos)
        return ((losses_pos + 0.25 * losses_types) * torch.sqrt(alpha_t / sigma_t)).mean()

    return loss_fn


def get_sde_graph_loss_fn(train, config):
    """With bonds."""
    pred_data = config.model.pred_data

    def loss_fn(model, batch):
        model.train(train)
        xh, node_mask, z_t, alpha_t, sigma_t, t = noisy(batch)
        align_pos = turned(z_t, xh) if config.model.noise_align else xh[:, :, :3]
        pred = model(t, z_t, node_mask)
        edge_x = batch["bonds"]
        edge_pred = edge_x  # all guessed rightly
        losses_edge = torch.square(edge_x - edge_pred).flatten(1).sum(1)
        if pred_data:
            losses_pos = torch.square(pred[:, :, :3] - align_pos)
            losses_pos = torch.mean(losses_pos, dim=-1)
            losses_pos = torch.sum(losses_pos, dim=-1)
            losses_types = torch.square(pred[:, :, 3:] - xh[:, :, 3:]).mean(-1).sum(-1)
        else:
            losses_pos = pred[:, :, :3] - z_t[:, :, :3]
            losses_pos = torch.mean(losses_pos**2, dim=-1)
            losses_pos = torch.sum(losses_pos, dim=-1)
            losses_types = torch.zeros_like(losses_pos)
        losses = losses_pos + 0.25 * losses_types + 0.1 * losses_edge
        return (losses * torch.sqrt(alpha_t / sigma_t)).mean()

    return loss_fn


def noisy(batch):
    """Clean and noisy molecules, the last half of the noise levels left out."""
    node_mask = batch["mask"]
    xh = torch.cat([batch["positions"], (2 * batch["types"] - 1) / 4 * node_mask], dim=2)
    t = torch.rand(len(xh)) / 2 + 0.01
    alpha_t, sigma_t = torch.cos(1.5 * t), torch.sin(1.5 * t)
    noise = torch.randn_like(xh) * node_mask
    z_t = alpha_t.view(-1, 1, 1) * xh + sigma_t.view(-1, 1, 1) * noise
    return xh, node_mask, z_t, alpha_t, sigma_t, t


def turned(z_t, xh):
    """Clean positions, turned upon the noisy ones."""
    u, _, v = torch.linalg.svd(z_t[:, :, :3].transpose(1, 2) @ xh[:, :, :3])
    flip = torch.ones(len(xh), 3)
    flip[:, 2] = torch.det(u @ v).sign()
    return xh[:, :, :3] @ (u @ torch.diag_embed(flip) @ v).transpose(1, 2)
