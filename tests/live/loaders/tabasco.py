"""TABASCO's own data module on exported files: `tabasco.py CHECKOUT FOLDER`."""

import sys
from pathlib import Path

from told import tell

checkout, folder = sys.argv[1:]
sys.path[0] = str(Path(checkout, "src"))  # in place of this folder, which has its name
from tabasco.data.lmdb_datamodule import LmdbDataModule  # noqa: E402

UNIT = 2.0  # angstrom
module = LmdbDataModule(
    data_dir=f"{folder}/processed_geom_train.pt",
    val_data_dir=f"{folder}/processed_geom_val.pt",
    test_data_dir=f"{folder}/processed_geom_test.pt",
    lmdb_dir=f"{folder}/lmdb_geom",
    reorder_to_smiles_order=True,
)
module.setup()
found = {"train": module.train_dataset, "valid": module.val_dataset}
splits: dict[str, list] = {name: [] for name in found}
for name, data in found.items():
    for place in range(len(data)):
        each = data[place]
        assert not each["atomics"][~each["padding_mask"], -1].any()  # no unknown atom
        splits[name].append(each["coords"][~each["padding_mask"]] * UNIT)
tell(splits)
