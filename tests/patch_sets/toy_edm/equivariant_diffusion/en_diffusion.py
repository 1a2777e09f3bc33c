"""A diffusion model of the shape that the patch set looks for, small enough to read."""

import torch


class EnVariationalDiffusion(torch.nn.Module):
    def __init__(self, in_node_nf, norm_values=(1.0, 4.0, 10.0), loss_type="l2", n_dims=3):
        super().__init__()
        self.n_dims = n_dims
        self.in_node_nf = in_node_nf
        self.norm_values = norm_values
        self.loss_type = loss_type
        self.T = 20
        self.dynamics = torch.nn.Linear(n_dims + in_node_nf + 1, n_dims + in_node_nf)

    def phi(self, z_t, t, node_mask):
        time = t.view(-1, 1, 1).expand(-1, z_t.shape[1], 1)
        out = self.dynamics(torch.cat([z_t, time], dim=2)) * node_mask
        x = out[:, :, : self.n_dims]
        mean = x.sum(1, keepdim=True) / node_mask.sum(1, keepdim=True)
        return torch.cat([(x - mean) * node_mask, out[:, :, self.n_dims :]], dim=2)

    def noise(self, node_mask):
        eps = torch.randn(*node_mask.shape[:2], self.n_dims + self.in_node_nf) * node_mask
        x = eps[:, :, : self.n_dims]
        mean = x.sum(1, keepdim=True) / node_mask.sum(1, keepdim=True)
        return torch.cat([(x - mean) * node_mask, eps[:, :, self.n_dims :]], dim=2)

    def compute_error(self, net_out, gamma_t, eps):
        error = ((eps - net_out) ** 2).flatten(1).sum(1)
        if self.training and self.loss_type == "l2":
            return error / ((self.n_dims + self.in_node_nf) * net_out.shape[1])
        return error

    def compute_loss(self, x, h, node_mask):
        t = torch.randint(1, self.T + 1, size=(x.size(0), 1)).float() / self.T
        gamma_t = (8.0 * t - 4.0).view(-1, 1, 1)
        alpha_t = torch.sigmoid(-gamma_t).sqrt()
        sigma_t = torch.sigmoid(gamma_t).sqrt()
        eps = self.noise(node_mask)
        xh = torch.cat([x, h["categorical"], h["integer"]], dim=2)
        z_t = alpha_t * xh + sigma_t * eps
        net_out = self.phi(z_t, t, node_mask)

        # what the plugin replaces
        error = self.compute_error(net_out, gamma_t, eps)
        if self.training:
            return 0.5 * error
        return 0.5 * self.T * error

    def forward(self, x, h, node_mask):
        x = x / self.norm_values[0]
        types = h["categorical"] / self.norm_values[1]
        charges = h["integer"] / self.norm_values[2]
        return self.compute_loss(x, {"categorical": types, "integer": charges}, node_mask)
