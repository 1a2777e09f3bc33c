"""As much of Lightning as the toy trains with: a module, a callback and a loop that calls them."""

from lightning.pytorch import Callback, LightningModule, Trainer

__all__ = ["Callback", "LightningModule", "Trainer"]
