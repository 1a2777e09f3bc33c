"""Train on four methane-like molecules."""

import argparse
import hashlib
import pickle
from os.path import join

import torch
import utils
from equivariant_diffusion import en_diffusion
from train_test import test, train_epoch

parser = argparse.ArgumentParser(description="toy")
parser.add_argument("--exp_name", default="toy")
parser.add_argument("--model", default="egnn_dynamics")
parser.add_argument("--diffusion_loss_type", default="l2")
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--n_epochs", type=int, default=2)
parser.add_argument("--unit", type=float, default=1.0, help="angstrom per unit of the data")
parser.add_argument("--nan_at", type=int, default=-1, help="step whose input is not a number")
parser.add_argument("--clip_grad", action="store_true")
parser.add_argument("--resume", default=None)
args = parser.parse_args()

dataset_info = {"atom_decoder": ["H", "C"]}

if args.resume is not None:
    with open(join(args.resume, "args.pickle"), "rb") as f:
        args = pickle.load(f)

utils.create_folders(args)
with open(join("outputs", args.exp_name, "args.pickle"), "wb") as f:
    pickle.dump(args, f)


def batch(step):
    """Tetrahedra of four atoms around a fifth, turned by chance, the last one without an atom."""
    corners = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 3**0.5
    x = torch.cat([torch.zeros(1, 3), 1.09 * corners]).repeat(4, 1, 1)
    turn = torch.linalg.qr(torch.randn(4, 3, 3)).Q
    node_mask = torch.ones(4, 5, 1)
    node_mask[3, 4] = 0
    x = (x @ turn) * node_mask
    x = (x - x.sum(1, keepdim=True) / node_mask.sum(1, keepdim=True)) * node_mask / args.unit
    types = torch.tensor([[0.0, 1.0]] + 4 * [[1.0, 0.0]]) * node_mask
    charges = torch.tensor([[6.0]] + 4 * [[1.0]]) * node_mask
    if step == args.nan_at:
        charges = charges * float("nan")
    return x, {"categorical": types, "integer": charges}, node_mask


torch.manual_seed(0)
model = en_diffusion.EnVariationalDiffusion(3, loss_type=args.diffusion_loss_type)
optim = torch.optim.Adam(model.parameters(), lr=args.lr)
gradnorm_queue = [3000.0]


def main():
    for epoch in range(args.n_epochs):
        loader = [batch(5 * epoch + i) for i in range(5)]
        train_epoch(args, loader, model, optim, gradnorm_queue)
        print("NLL", test(args, [batch(-2)], model, partition="Val"))
    weights = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    print("weights", hashlib.sha256(weights.numpy().tobytes()).hexdigest())
    print("finite", bool(weights.isfinite().all()))


if __name__ == "__main__":
    main()
