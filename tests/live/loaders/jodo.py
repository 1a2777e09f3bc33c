"""JODO's own data set and loaders on exported files: `jodo.py CHECKOUT FOLDER`."""

import os
import sys
from types import SimpleNamespace

from told import tell

checkout, folder = sys.argv[1:]
os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"  # its data set is a pickle
sys.path.insert(0, checkout)
from datasets import get_dataloader, get_dataset  # noqa: E402

data = SimpleNamespace(
    name="QM9",
    root=folder,
    info_name="qm9_with_h",
    transform="EdgeCom",
    collate="collate_edge",
    bond_types=4,
    include_aromatic=False,
    num_workers=0,
)
training = SimpleNamespace(batch_size=50, eval_batch_size=50)
config = SimpleNamespace(exp_type="vpsde_edge", data=data, training=training)
*parts, _ = get_dataset(config)
loaders = dict(zip(("train", "valid", "test"), get_dataloader(*parts, config), strict=True))
splits: dict[str, list] = {name: [] for name in loaders}
for name, loader in loaders.items():
    for batch in loader:
        masks = batch["atom_mask"].bool()
        assert (batch["atom_one_hot"].sum(-1) == masks).all()
        assert batch["edge_one_hot"].any(-1).any(-1)[masks].all()  # every atom has a bond
        splits[name] += [each[mask] for each, mask in zip(batch["positions"], masks, strict=True)]
tell(splits)
