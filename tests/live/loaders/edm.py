"""EDM's own data loaders on exported files: `edm.py CHECKOUT FOLDER`."""

import sys
from types import SimpleNamespace

from told import tell

checkout, folder = sys.argv[1:]
sys.argv = sys.argv[:1]  # upstream parses it again
sys.path.insert(0, checkout)
from qm9.dataset import retrieve_dataloaders  # noqa: E402

settings = SimpleNamespace(
    dataset="qm9",
    datadir=folder,
    batch_size=50,
    num_workers=0,
    filter_n_atoms=None,
    remove_h=False,
    include_charges=True,
)
loaders, _ = retrieve_dataloaders(settings)
splits: dict[str, list] = {name: [] for name in loaders}
for name, loader in loaders.items():
    for batch in loader:
        assert batch["one_hot"].shape[-1] == 5
        masks = batch["atom_mask"].bool()
        splits[name] += [each[mask] for each, mask in zip(batch["positions"], masks, strict=True)]
tell(splits)
