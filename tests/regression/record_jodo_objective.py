"""Record what JODO's objective and samplers, and the authors' energy in JODO, compute.

Run from the root of the repository, with torch_geometric (below 2.5) and torch_scatter installed:

    ELOSS_JODO=path/to/JODO ELOSS_AUTHORS=path/to/energy_loss \
        python tests/regression/record_jodo_objective.py

It writes jodo_objective.npz beside itself: inputs, the loss of each molecule, made molecules, with
JODO's commit. Weights are not recorded, they follow a recipe (`upstream_dgt.py`).
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

import records
import upstream_joint
from record_jodo_network import COMMIT
from upstream_jodo import LAWS, losses_of
from upstream_joint import ENDS, SAMPLERS, TIMES, VARIANTS, Upstream


def losses(upstream: Upstream) -> dict[str, Tensor]:
    found = {}
    for name, config in VARIANTS.items():
        batch = upstream_joint.batch_of(config)
        for case, condition in (("without", False), ("with", True)):
            draw = upstream_joint.draw_of(config, TIMES, condition=condition)
            found[f"{name}/{case}"] = upstream_joint.upstream_losses(upstream, config, batch, draw)
        draw = upstream_joint.draw_of(config, ENDS, condition=True)
        wide = (upstream_joint.in_double(batch), upstream_joint.in_double(draw))
        found[f"{name}/ends"] = upstream_joint.upstream_losses(upstream, config, *wide)
    return found


def energies(upstream: Upstream) -> dict[str, Tensor]:
    """The authors' training loss, by mode of the coefficients."""
    config = VARIANTS["default"]
    theirs = replace(upstream, losses=losses_of(Path(os.environ["ELOSS_AUTHORS"]) / "JODO"))
    batch = upstream_joint.batch_of(config)
    draw = upstream_joint.draw_of(config, TIMES, condition=True)
    found = {}
    for mode in LAWS:
        settings = upstream_joint.upstream_config(config)
        vars(settings.training).update(use_energy_loss=True, energy_weight=1, coeff_mode=mode)
        found[mode] = upstream_joint.upstream_losses(theirs, config, batch, draw, settings=settings)
    return found


def samples(upstream: Upstream) -> dict[str, Tensor]:
    found = {}
    for name, config in SAMPLERS.items():
        made = upstream_joint.upstream_sample(upstream, config)
        found |= {f"{name}/atoms": made.atoms, f"{name}/bonds": made.bonds}
    return found


def inputs() -> dict[str, Tensor]:
    """To see that they are the same where the record is read."""
    config = VARIANTS["aromatic"]
    batch, noise = upstream_joint.batch_of(config), upstream_joint.noise_of(config)
    return {
        "positions": batch.positions,
        "bonds": batch.bonds,
        "charges": batch.formal_charges,
        "noise/atoms": noise.atoms,
        "noise/bonds": noise.bonds,
    }


def main() -> None:
    upstream = upstream_joint.upstream_of(Path(os.environ["ELOSS_JODO"]))
    found = {
        **records.named("input", inputs()),
        **records.named("loss", losses(upstream)),
        **records.named("energy", energies(upstream)),
        **records.named("sample", samples(upstream)),
    }
    records.save("jodo_objective", COMMIT, found)


if __name__ == "__main__":
    main()
