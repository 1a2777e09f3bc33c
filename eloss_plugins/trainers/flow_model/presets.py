"""Named sizes of the flow-matching model."""

from collections.abc import Mapping
from dataclasses import replace

from eloss_plugins.trainers.flow_model.config import FlowConfig

# the networks of EDM on QM9 and on GEOM-Drugs, which equivariant flow matching (arXiv 2312.07168)
# takes over; 100 steps of Euler's method are ours
PAPER_QM9 = FlowConfig()
PAPER_GEOM = replace(PAPER_QM9, layers=4)
# trains on CPU within minutes; the values are ours
SMALL = replace(PAPER_QM9, layers=4, features=64)
TINY = replace(PAPER_QM9, layers=2, features=16, timesteps=20)

PRESETS: Mapping[str, FlowConfig] = {
    "paper-qm9": PAPER_QM9,
    "paper-geom": PAPER_GEOM,
    "small": SMALL,
    "tiny": TINY,
}
