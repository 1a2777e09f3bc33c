"""Named sizes of JODO."""

from collections.abc import Mapping
from dataclasses import replace

from eloss_plugins.trainers.jodo_model.config import JodoConfig

# JODO 0e6326a, configs/vpsde_qm9_uncond_jodo.py and vpsde_geom_uncond_jodo.py
PAPER_QM9 = JodoConfig()
PAPER_GEOM = replace(
    PAPER_QM9,
    layers=10,
    mlp_ratio=4,
    spatial_cutoff=3.0,
    bond_channels=3,
    charge_range=(-2.0, 3.0),
)
# trains on CPU within minutes; the values are ours
SMALL = replace(PAPER_QM9, layers=4, features=64, heads=8, timesteps=200)
TINY = replace(PAPER_QM9, layers=2, features=32, heads=4, timesteps=50)

PRESETS: Mapping[str, JodoConfig] = {
    "paper-qm9": PAPER_QM9,
    "paper-geom": PAPER_GEOM,
    "small": SMALL,
    "tiny": TINY,
}
