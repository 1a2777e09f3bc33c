"""A toy of SemlaFlow's script: flags under the main guard, molecules in a chain, ten steps."""

import argparse

import lightning as L
import torch

from semlaflow.models.fm import MolecularCFM

SIZES = (5, 3, 6, 4)


def batch_of(seed, scale, unit, backwards):
    """Prior, data, noisy data, times; chains of carbon, turned at random, noise at t = 0."""
    torch.manual_seed(seed)
    mask = (torch.arange(max(SIZES)) < torch.tensor(SIZES).unsqueeze(1)).long()
    chain = torch.zeros(*mask.shape, 3)
    chain[:, :, 0] = 1.3 * torch.arange(max(SIZES)) / scale / unit
    chain[:, 1::2, 1] = 0.7 / scale / unit
    real = mask.unsqueeze(2)
    coords = (chain - (chain * real).sum(1, True) / real.sum(1, True)) * real
    prior = torch.randn_like(coords) * real
    times = torch.rand(len(SIZES))
    place = (1 - times if backwards else times).view(-1, 1, 1)
    bonds = torch.zeros(*mask.shape, mask.shape[1], 5)
    bonds[..., 0] = 1
    data = {"coords": coords, "mask": mask, "bonds": bonds}
    return {"coords": prior}, data, {"coords": (1 - place) * prior + place * coords}, times


def batches(args):
    for step in range(args.steps):
        batch = batch_of(step, args.coord_scale, args.unit, args.backwards)
        if step in args.nan_at:
            batch[2]["coords"] = batch[2]["coords"] * float("nan")
        yield batch


def build_trainer(args):
    return L.Trainer(gradient_clip_val=1.0, callbacks=[])


def main(args):
    torch.manual_seed(1)
    model = MolecularCFM(args.coord_scale, args.distill)
    trainer = build_trainer(args)
    trainer.fit(model, batches(args))
    print("weights", [value.sum().item() for value in model.state_dict().values()])
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--coord_scale", type=float, default=1.7233)
    parser.add_argument("--unit", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--backwards", action="store_true")
    parser.add_argument("--nan_at", type=int, nargs="*", default=())
    parser.add_argument("--distill", action="store_true")
    args = parser.parse_args()
    model = main(args)
