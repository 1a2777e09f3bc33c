"""Record what EDM's own code computes: networks, schedules, losses, steps of sampling.

Run from the root of the repository:

    ELOSS_EDM=path/to/e3_diffusion_for_molecules python tests/regression/record_edm.py

It writes edm_networks.npz, edm_schedules.npz and edm_losses.npz beside itself: numbers only, with
the commit. Weights and molecules are random and made here.
"""

import os
import sys
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

COMMIT = "fce07d701a2d2340f3522df588832c2c0f7e044a"
SCHEDULES = (
    ("polynomial_2", 1000, 1e-5),
    ("polynomial_2", 500, 1e-5),
    ("polynomial_3", 50, 1e-4),
    ("cosine", 1000, 1e-5),
)
STEPS = torch.tensor([0, 1, 37, 500, 998, 999])  # pairs (s, s + 1) of the transitions


def network_record(modules: SimpleNamespace, name: str) -> dict[str, Tensor]:
    variant = VARIANTS[name]
    model = upstream_model(modules, variant)
    batch = molecules((5, 7, 3), padding=2, seed=1)
    width = len(batch.one_hot[0, 0]) + int(variant.config.include_charges)
    _, _, node_mask, edge_mask = upstream_arguments(batch)
    # waves as short as 0.015 multiply the rounding of a distance by 400: keep those distances small
    reach = 0.1 if variant.config.sin_embedding else 1.0
    noisy = torch.cat([reach * batch.positions, torch.randn(3, 9, width) * node_mask], dim=2)
    time = torch.tensor([[0.0], [0.4], [1.0]])
    out = model.phi(noisy, time, node_mask, edge_mask, None)
    numbers = {"noisy": noisy, "time": time, "mask": batch.mask, "out": out}
    return {**records.named("weights", records.weights_of(model)), **numbers}


def schedule_record(modules: SimpleNamespace, name: str, steps: int, precision: float) -> Tensor:
    schedule = modules.diffusion.PredefinedNoiseSchedule(name, steps, precision)
    return schedule.gamma.data


def transition_record(model: torch.nn.Module) -> dict[str, Tensor]:
    gamma_s, gamma_t = model.gamma.gamma[STEPS], model.gamma.gamma[STEPS + 1]
    variance, _, signal = model.sigma_and_alpha_t_given_s(gamma_t, gamma_s, gamma_t)
    alpha, sigma = model.alpha(gamma_t, gamma_t), model.sigma(gamma_t, gamma_t)
    return {"steps": STEPS, "variance": variance, "signal": signal, "alpha": alpha, "sigma": sigma}


def training_record(model: torch.nn.Module, arguments: tuple) -> dict[str, Tensor]:
    """The l2 loss; the first molecule's step is set to 0, which has a term of its own."""
    model.train()
    with records.first_step_zero(), records.drawn() as draws:
        loss = model(*arguments)
    step, positions, features = draws
    return {"step": step, "positions": positions, "features": features, "loss": loss}


def bound_record(model: torch.nn.Module, arguments: tuple) -> dict[str, Tensor]:
    model.eval()
    with records.drawn() as draws, torch.no_grad():
        loss = model(*arguments)
    names = ("step", "positions", "features", "positions_0", "features_0")
    return {**dict(zip(names, draws, strict=True)), "loss": loss}


def terms_record(model: torch.nn.Module, arguments: tuple) -> dict[str, Tensor]:
    """log p(x, h | z_0), the prior's divergence and the constant, at a given z_0."""
    model.eval()
    positions, features, node_mask, edge_mask = arguments
    x, h, _ = model.normalize(positions, features, node_mask)
    clean = torch.cat([x, h["categorical"], h["integer"]], dim=2)
    zeros = torch.zeros(len(x), 1)
    gamma_0 = model.gamma(zeros).view(-1, 1, 1)
    noise = model.sample_combined_position_feature_noise(len(x), x.shape[1], node_mask)
    noisy = model.alpha(gamma_0, x) * clean + model.sigma(gamma_0, x) * noise
    with torch.no_grad():
        out = model.phi(noisy, zeros, node_mask, edge_mask, None)
    log_p = model.log_pxh_given_z0_without_constants(x, h, noisy, gamma_0, noise, out, node_mask)
    prior = model.kl_prior(clean, node_mask)
    constant = -model.log_constants_p_x_given_z0(x, node_mask)
    return {"noise": noise, "log_p": log_p, "prior": prior, "constant": constant}


def sampling_record(model: torch.nn.Module, arguments: tuple) -> dict[str, Tensor]:
    """One step from t = 500 to s = 499, and the last step to a molecule."""
    model.eval()
    _, _, node_mask, edge_mask = arguments
    count, atoms = node_mask.shape[:2]
    noisy = model.sample_combined_position_feature_noise(count, atoms, node_mask)
    s, t = torch.full((count, 1), 0.499), torch.full((count, 1), 0.5)
    with torch.no_grad(), records.drawn() as draws:
        earlier = model.sample_p_zs_given_zt(s, t, noisy, node_mask, edge_mask, None)
        x, h = model.sample_p_xh_given_z0(noisy, node_mask, edge_mask, None)
    names = ("positions", "features", "positions_0", "features_0")
    return {
        **dict(zip(names, draws, strict=True)),
        "noisy": noisy,
        "earlier": earlier,
        "x": x,
        "types": h["categorical"],
        "charges": h["integer"],
    }


def loss_records(modules: SimpleNamespace, name: str) -> dict[str, Tensor]:
    model = upstream_model(modules, VARIANTS[name])
    batch = molecules((4, 9, 6, 2), padding=1, seed=2)
    arguments = upstream_arguments(batch)
    found = records.named("weights", records.weights_of(model))
    found |= records.named("training", training_record(model, arguments))
    found |= records.named("bound", bound_record(model, arguments))
    found |= records.named("terms", terms_record(model, arguments))
    return found | records.named("sampling", sampling_record(model, arguments))


def main() -> None:
    modules = upstream_modules(Path(os.environ["ELOSS_EDM"]))
    torch.manual_seed(0)
    networks = {name: network_record(modules, name) for name in VARIANTS}
    records.save("edm_networks", COMMIT, _flat(networks))
    tables = {"-".join(map(str, key)): schedule_record(modules, *key) for key in SCHEDULES}
    transitions = transition_record(upstream_model(modules, VARIANTS["egnn"]))
    records.save("edm_schedules", COMMIT, {**tables, **records.named("transition", transitions)})
    losses = {name: loss_records(modules, name) for name in ("egnn", "gnn")}
    records.save("edm_losses", COMMIT, _flat(losses))


def _flat(groups: dict[str, dict[str, Tensor]]) -> dict[str, Tensor]:
    return {
        f"{name}/{key}": value for name, found in groups.items() for key, value in found.items()
    }


if __name__ == "__main__":
    main()
