"""Bonds in batches of JODO's loaders, and of its molecules: `jodo_bonds.py CHECKOUT FOLDER`.

Once with QM9's configuration, kekulised, and once with GEOM's, for which JODO's own script turns
the same molecules, made aromatic, into its format. Prints, of both, the bonds of each molecule as
[first, second, order], read by us from what reaches the objective, and as RDKit has them.
"""

import importlib
import json
import os
import sys
from pathlib import Path

import torch
from rdkit import Chem

checkout, folder = sys.argv[1:]
os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"  # its data set is a pickle
sys.path[0] = checkout
from build_geom_dataset import rdmol_to_data  # noqa: E402
from datasets import get_dataloader, get_dataset  # noqa: E402
from datasets.build_dataset import GeomDrugDataset  # noqa: E402
from datasets.datasets_config import get_dataset_info  # noqa: E402
from eloss_plugins.adapters.jodo import bonds_of  # noqa: E402
from losses import process_edge_batch  # noqa: E402
from utils import get_data_scaler  # noqa: E402

from eloss_plugins.patched.jodo import bond_scale  # noqa: E402

GeomDrugDataset.__abstractmethods__ = frozenset()  # torch_geometric 2.4 asks for a `get`
GEOM = "data_geom_drug_1.pt"


def config_of(name, root):
    config = importlib.import_module(f"configs.{name}").get_config()
    config.data.root, config.data.num_workers = root, 0
    config.training.batch_size = config.training.eval_batch_size = 50
    return config


def read(config):
    """Of each molecule of the validation split: our bonds, RDKit's, the decoder's name."""
    *parts, _ = get_dataset(config)
    scaler, scale = get_data_scaler(config), bond_scale(config)
    ours = []
    for batch in get_dataloader(*parts, config)[1]:
        _, edge_x, mask, *_ = process_edge_batch(batch, "cpu", True, scaler, None)
        bonds, atoms = bonds_of(scale.undone(edge_x)), mask.shape[1]
        molecules: list[list[list[float]]] = [[] for _ in mask]
        for (first, second), order in zip(
            bonds.index.T.tolist(), bonds.order.tolist(), strict=True
        ):
            molecules[first // atoms].append([first % atoms, second % atoms, order])
        ours += molecules
    plain = get_dataset(config, transform=False)[1]
    return {"ours": ours, "theirs": [listed(plain[place].rdmol) for place in range(len(plain))]}


def listed(molecule):
    ends = [(it.GetBeginAtomIdx(), it.GetEndAtomIdx()) for it in molecule.GetBonds()]
    orders = [it.GetBondTypeAsDouble() for it in molecule.GetBonds()]
    return sorted([*sorted(pair), order] for pair, order in zip(ends, orders, strict=True))


def aromatic(molecule):
    made = Chem.Mol(molecule)
    Chem.SanitizeMol(made)
    return made


qm9 = config_of("vpsde_qm9_uncond_jodo", folder)
plain = get_dataset(qm9, transform=False)
Path("geom").mkdir(exist_ok=True)
molecules = [part[place].rdmol for part in plain[:3] for place in range(len(part))]
torch.save([rdmol_to_data(aromatic(it)) for it in molecules], f"geom/{GEOM}")
geom = config_of("vpsde_geom_uncond_jodo", "geom")
decoders = {
    name: get_dataset_info(name)["atom_decoder"]
    for name in ("qm9_with_h", "qm9_second_half", "geom_with_h_1")
}
print(json.dumps({"qm9": read(qm9), "geom": read(geom), "decoders": decoders}))
