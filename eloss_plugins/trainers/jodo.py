"""JODO: joint diffusion of molecules in two and three dimensions, bonds and formal charges."""

from operator import attrgetter

from eloss_plugins.trainers.jodo_model.make import make
from eloss_plugins.trainers.jodo_model.presets import PRESETS, SMALL
from eloss_plugins.trainers.spec import TrainerSpec

# of JODO's own squared error: its released configurations; other losses: core.presets
LEARNING_RATES = {"none": 2e-4}

SPEC = TrainerSpec(
    name="jodo",
    target="jodo",
    summary="joint diffusion of positions and bonds with a graph transformer",
    make=make,
    config=SMALL,
    presets=PRESETS,
    learning_rates=LEARNING_RATES,
    needs_bonds=True,
    aromatic_bonds=attrgetter("aromatic_bonds"),
    sampling=frozenset({"sampler", "solver_order", "solver_steps"}),
)
