"""Named sizes of the reference models."""

from collections.abc import Mapping
from dataclasses import replace

from eloss_plugins.trainers.diffusion.config import DiffusionConfig

# 9 layers, 256 features, 1000 steps on QM9; 4 layers on GEOM-Drugs: EDM README, arXiv 2511.02087
PAPER_QM9 = DiffusionConfig()
PAPER_GEOM = replace(PAPER_QM9, layers=4, include_charges=False)
# trains on CPU within minutes; the values are ours
SMALL = replace(PAPER_QM9, layers=4, features=64, timesteps=500)
TINY = replace(PAPER_QM9, layers=2, features=16, timesteps=50)

PRESETS: Mapping[str, DiffusionConfig] = {
    "paper-qm9": PAPER_QM9,
    "paper-geom": PAPER_GEOM,
    "small": SMALL,
    "tiny": TINY,
}
