"""SemlaFlow's own data sets on exported files: `semlaflow.py CHECKOUT FOLDER`."""

import sys
from functools import partial
from pathlib import Path

from told import tell

checkout, folder = sys.argv[1:]
sys.path.insert(0, checkout)
import semlaflow.scriptutil as util  # noqa: E402
import semlaflow.util.rdkit as smol_rdkit  # noqa: E402
from semlaflow.data.datasets import GeometricDataset  # noqa: E402

vocabulary = util.build_vocab()
transform = partial(
    util.mol_transform,
    vocab=vocabulary,
    n_bonds=util.get_n_bond_types("uniform-sample"),
    coord_std=util.QM9_COORDS_STD_DEV,
)
splits: dict[str, list] = {}
for name, file in (("train", "train"), ("valid", "val"), ("test", "test")):
    data = GeometricDataset.load(Path(folder, f"{file}.smol"), transform=transform)
    splits[name] = [data[place].coords * util.QM9_COORDS_STD_DEV for place in range(len(data))]
    for molecule in GeometricDataset.load(Path(folder, f"{file}.smol")):
        built = molecule.to_rdkit(vocabulary, sanitise=True)
        assert smol_rdkit.mol_is_valid(built)
        assert smol_rdkit.smiles_from_mol(built) == molecule.str_id
tell(splits)
