"""A plugin's loss that is NaN in some calls: `--loss-options first=5,last=7`, from the first on."""

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from eloss_plugins import hookimpl
from eloss_plugins.core import LossBatch, Mse

CALLS: list[None] = []


@dataclass(frozen=True)
class Ill(Mse):
    """The mean squared error, and NaN in the training calls from `first` to `last`."""

    first: int = 5
    last: int = 5

    def __call__(self, batch: LossBatch) -> Tensor:
        loss = super().__call__(batch)
        if loss.requires_grad:
            CALLS.append(None)
        return loss * (float("nan") if self.first <= len(CALLS) <= self.last else 1.0)


@hookimpl
def register_losses():
    return {"ill": Ill}


def installed(folder: Path) -> Path:
    """`folder` with a distribution in it that names this file as a plugin."""
    info = folder / "eloss_ill-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: eloss-ill\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[eloss]\neloss_ill = eloss_ill\n")
    (folder / "eloss_ill.py").write_text(Path(__file__).read_text())
    return folder
