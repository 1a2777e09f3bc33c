"""Record what the paper's authors' JODO computes for its losses of positions.

Run from the root of the repository:

    ELOSS_AUTHORS=path/to/energy_loss python tests/regression/record_jodo.py

It writes jodo_losses.npz beside itself: numbers only, with the commit. Molecules, bonds and the
prediction are random and made here; the prediction is recorded with them.
"""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

import records
from record_authors import COMMIT
from upstream_jodo import losses_of, objective, scene, settings

MODES = ("constant", "inv_dist", "inv_dist2", "exp")
TIMES = (0.05, 0.3, 0.6, 0.95)


def energies(module: ModuleType) -> dict[str, Tensor]:
    """Of each molecule of the scene, in every coefficient mode, `(molecules,)`."""
    given = scene()
    found = {}
    for mode in MODES:
        config = SimpleNamespace(training=SimpleNamespace(energy_weight=1, coeff_mode=mode))
        pairs = module.compute_energy_loss(
            config,
            given.pred[:, :, :3],
            given.batch["positions"],
            given.batch["atom_mask"].unsqueeze(-1),
            given.batch["edge_mask"],
        )
        found[mode] = pairs.sum((1, 2))
    return found


def training_losses(losses: ModuleType) -> dict[str, Tensor]:
    """The whole objective with bonds, for the energies and for the squared error."""
    found = {"mse": objective(losses, settings(align=False))}
    for mode in MODES:
        config = settings(energy_weight=1, coeff_mode=mode)
        config.training.use_energy_loss = True
        found[mode] = objective(losses, config)
    return found


def main() -> None:
    folder = Path(os.environ["ELOSS_AUTHORS"]) / "JODO"
    spec = importlib.util.spec_from_file_location("authors_energy", folder / "energy_loss.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    times = torch.tensor(TIMES)
    torch.rand = lambda *_, **__: times.clone()
    found = {
        "predicted": scene().pred,
        "times": times,
        **records.named("energy", energies(module)),
        **records.named("loss", training_losses(losses_of(folder))),
    }
    records.save("jodo_losses", COMMIT, found)


if __name__ == "__main__":
    main()
