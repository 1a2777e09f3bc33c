"""What the loaders tell: of each split, each molecule by the sum of its distances in angstrom."""

import json
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor


def tell(splits: Mapping[str, Iterable[Tensor]]) -> None:
    """Print one line of JSON; a molecule is given by its positions `(atoms, 3)`."""
    sums = {
        name: sorted(float(torch.pdist(positions.double()).sum()) for positions in molecules)
        for name, molecules in splits.items()
    }
    print(json.dumps(sums))
