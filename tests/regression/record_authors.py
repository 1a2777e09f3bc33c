"""Record what the paper's authors' EDM fork computes for its four losses.

Run from the root of the repository:

    ELOSS_AUTHORS=path/to/energy_loss python tests/regression/record_authors.py

It writes authors_losses.npz beside itself: numbers only, with the commit. Molecules, bonds,
predictions and weights are random and made here. The fork imports wandb and a network that is
not in its tree; both get empty stand-ins.
"""

import os
import sys
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

import records
from upstream_models import (
    VARIANTS,
    molecules,
    upstream_arguments,
    upstream_model,
    upstream_modules,
)

COMMIT = "a94d173447355aa6b2bc243a4ceb7c434caab43f"
MODES = ("constant", "inv_dist", "inv_dist2", "exp_dist", "lj", "bonds")
WEIGHT = 0.05


def random_bonds(mask: Tensor) -> Tensor:
    """Symmetric bond orders 0 to 3 between real atoms, `(molecules, atoms, atoms)` float."""
    orders = torch.randint(0, 4, (len(mask), mask.shape[1], mask.shape[1])).triu(1)
    pairs = mask.unsqueeze(2) & mask.unsqueeze(1)
    return ((orders + orders.transpose(1, 2)) * pairs).float()


def position_errors(modules: SimpleNamespace) -> dict[str, Tensor]:
    """Energy and aligned error of one prediction, every coefficient mode, before any weight."""
    batch = molecules((5, 9, 2, 7), padding=1, seed=3)
    positions, features, node_mask, edge_mask = upstream_arguments(batch)
    bonds = random_bonds(batch.mask)
    error = 0.3 * torch.randn_like(positions) * node_mask
    predicted = positions + modules.utils.remove_mean_with_mask(error, node_mask)
    model = upstream_model(modules, VARIANTS["gnn"], args=Namespace(energy_edge_mode="complete"))
    model.train()
    scaled, h, _ = model.normalize(positions, features, node_mask)
    joined = torch.cat([scaled, h["categorical"], h["integer"]], dim=2)
    edges = model.get_energy_edges(scaled, edge_mask, mode="complete")
    found = {"bonds": bonds, "predicted": predicted}
    for mode in MODES:
        for name, seen in (("positions", scaled), ("features", joined)):
            coefficients = model.get_energy_coeffs(seen, node_mask, edges, bonds=bonds, mode=mode)
            energy = model.get_error_energy(scaled, predicted, edges, coefficients).sum((1, 2))
            found[f"{mode}/{name}"] = energy
    found["kabsch"] = model.get_error_fape(scaled, predicted, node_mask)
    found["mae"] = model.compute_mae_error(predicted, None, scaled)
    return found


def training_losses(modules: SimpleNamespace) -> dict[str, Tensor]:
    """The whole training loss in each mode, same weights and draws; the first step is 0."""
    arguments = upstream_arguments(molecules((4, 9, 6, 2), padding=1, seed=4))
    options = Namespace(
        energy_loss_weight=WEIGHT, energy_edge_mode="complete", energy_coeff_mode="exp_dist"
    )
    model = upstream_model(modules, VARIANTS["gnn"], args=options)
    model.train()
    found = records.named("weights", records.weights_of(model))
    for mode in ("mse", "energy", "kabsch"):
        model.loss_mode = mode
        torch.manual_seed(5)
        with records.first_step_zero(), records.drawn() as draws:
            found[f"loss/{mode}"] = model(*arguments)
    return {**found, **dict(zip(("step", "positions", "features"), draws, strict=True))}


def main() -> None:
    folder = Path(os.environ["ELOSS_AUTHORS"])
    modules = upstream_modules(folder / "e3_diffusion_for_molecules")
    torch.manual_seed(0)
    errors = records.named("errors", position_errors(modules))
    training = records.named("training", training_losses(modules))
    records.save("authors_losses", COMMIT, {**errors, **training})


if __name__ == "__main__":
    main()
