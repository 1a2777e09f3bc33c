"""Flow: flow matching on positions and atom types, equivariant or plain."""

from eloss_plugins.trainers.augment import rotated
from eloss_plugins.trainers.flow_model.make import make_flow
from eloss_plugins.trainers.flow_model.presets import PRESETS, SMALL
from eloss_plugins.trainers.spec import TrainerSpec

# of every loss; ours, as nobody has published numbers for the energy in flow matching: networks
# of 256 features want less (EDM: 1e-4), those of 64 train faster with more
LEARNING_RATES = {"none": 5e-4}

SPEC = TrainerSpec(
    name="flow",
    target="flow-matching",
    summary="flow matching with an equivariant or a plain graph network",
    make=make_flow,
    config=SMALL,
    presets=PRESETS,
    # nothing to the equivariant network; the plain one learns from it, as gdm-aug does
    augment=rotated,
    learning_rates=LEARNING_RATES,
    sampling=frozenset({"solver", "relative_tolerance", "absolute_tolerance"}),
)
