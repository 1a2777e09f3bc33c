import pytest

from eloss_plugins import builtin, plugins
from eloss_plugins.core.discrete import DISCRETE_LOSSES
from eloss_plugins.core.edges import EDGE_SETS
from eloss_plugins.core.losses import LOSSES
from eloss_plugins.core.stiffness import STIFFNESS_LAWS
from eloss_plugins.plugins import lazy

DESIGNED = {
    "losses": {"energy", "mse", "mae", "kabsch", "gram"},
    "discrete_losses": {
        "cross-entropy",
        "margin",
        "local-field",
        "true-energy",
        "local-field-min",
        "cross-entropy-min",
        "pair-energy",
    },
    "stiffness": {
        "constant",
        "inverse",
        "inverse-square",
        "exponential",
        "lennard-jones",
        "morse",
        "from-potential",
    },
    "edges": {
        "complete",
        "bonds",
        "rigid",
        "sampled",
        "orbits",
        "random-regular",
        "random-symmetric",
    },
    "trainers": {"gdm", "gdm-aug", "edm", "jodo", "flow"},
    "upstreams": {"edm", "jodo", "semlaflow"},
}


@pytest.mark.parametrize("kind", DESIGNED)
def test_designed_names_are_registered(kind):
    registry = getattr(plugins.load(), kind)
    assert {e.name for e in registry.entries if e.source.is_own} == DESIGNED[kind]


@pytest.mark.parametrize("kind", DESIGNED)
def test_every_reference_can_be_imported(kind):
    for reference in getattr(builtin, f"register_{kind}")().values():
        assert lazy.load(reference) is not None


@pytest.mark.parametrize(
    ("kind", "core"),
    [
        ("losses", LOSSES),
        ("discrete_losses", DISCRETE_LOSSES),
        ("stiffness", STIFFNESS_LAWS),
        ("edges", EDGE_SETS),
    ],
)
def test_names_mean_what_they_mean_in_core(kind, core):
    registered = getattr(builtin, f"register_{kind}")()
    assert {name: lazy.load(registered[name]) for name in core} == core
