"""A toy of SemlaFlow's model: names and statements of its loss, a linear network."""

import lightning as L
import torch
import torch.nn.functional as F


class MolecularCFM(L.LightningModule):
    def __init__(self, coord_scale, distill):
        super().__init__()
        self.coord_scale = coord_scale
        self.distill = distill
        self.layer = torch.nn.Linear(4, 3)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)

    def forward(self, batch, times):
        time = times.view(-1, 1, 1).expand(*batch["coords"].shape[:2], 1)
        return self.layer(torch.cat([batch["coords"], time], dim=2))

    def training_step(self, batch, b_idx):
        _, data, interpolated, times = batch
        if self.distill:
            return self._distill_training_step(batch)
        predicted = {"coords": self(interpolated, times)}
        losses = self._loss(data, interpolated, predicted)
        return sum(list(losses.values()))

    def _distill_training_step(self, batch):
        _, data, interpolated, times = batch
        predicted = {"coords": self(interpolated, times)}
        return sum(self._distill_loss(data, predicted).values())

    def _loss(self, data, interpolated, predicted):
        pred_coords = predicted["coords"]
        coords = data["coords"]
        mask = data["mask"].unsqueeze(2)
        coord_loss = F.mse_loss(pred_coords, coords, reduction="none")
        coord_loss = (coord_loss * mask).mean(dim=(1, 2))
        coord_loss = coord_loss.mean()
        return {"coord-loss": coord_loss, "type-loss": 0.01 * pred_coords.mean() ** 2}

    def _distill_loss(self, data, predicted):
        coords = data["coords"]
        mask = data["mask"].unsqueeze(2)
        coord_loss = F.mse_loss(predicted["coords"], coords, reduction="none")
        coord_loss = (coord_loss * mask).mean(dim=(1, 2))
        coord_loss = coord_loss.mean()
        return {"coord-loss": coord_loss}
