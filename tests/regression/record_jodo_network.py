"""Record what JODO's own network computes.

Run from the root of the repository, with torch_geometric (below 2.5) and torch_scatter installed:

    ELOSS_JODO=path/to/JODO python tests/regression/record_jodo_network.py

It writes jodo_network.npz beside itself: inputs, outputs, gradients and the names of the
parameters, with the commit. Weights are not recorded, they follow a recipe (`upstream_dgt.py`).
"""

import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

import records
import upstream_dgt
from upstream_dgt import VARIANTS

COMMIT = "0e6326a6b8d8ad027b3fbf3ddfd5065133a36693"


def network_record(module: ModuleType, name: str) -> dict[str, Tensor]:
    config = VARIANTS[name]
    network = upstream_dgt.upstream_network(module, config)
    what = upstream_dgt.requiring_gradients(upstream_dgt.given(config))
    found = {
        "noisy/atoms": what.noisy.atoms,
        "noisy/bonds": what.noisy.bonds,
        "condition/atoms": what.condition.atoms,
        "condition/bonds": what.condition.bonds,
        "names": _as_bytes("\n".join(network.state_dict())),
    }
    for case, condition in (("without", None), ("with", what.condition)):
        answer = upstream_dgt.upstream_answer(network, what, condition)
        slopes = upstream_dgt.gradients(network, what, answer)
        found |= {f"{case}/atoms": answer[0], f"{case}/bonds": answer[1]}
        found |= records.named(f"{case}/gradient", slopes)
    return records.named(name, found)


def _as_bytes(text: str) -> Tensor:
    return torch.from_numpy(np.frombuffer(text.encode(), dtype=np.uint8).copy())


def main() -> None:
    module = upstream_dgt.upstream_networks(Path(os.environ["ELOSS_JODO"]))
    found: dict[str, Tensor] = {}
    for name in VARIANTS:
        found |= network_record(module, name)
    records.save("jodo_network", COMMIT, found)


if __name__ == "__main__":
    main()
