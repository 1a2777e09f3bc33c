import json

import pytest

from eloss_plugins.cli.plugins import options_of
from eloss_plugins.core.losses import Mse
from eloss_plugins.core.stiffness import FromPotential


def test_all_registered_names_are_listed(eloss):
    text = eloss("plugins").out
    for name in ("energy", "kabsch", "mae", "mse", "none", "exponential", "complete", "gdm-aug"):
        assert name in text.split()
    assert "discrete losses: cross-entropy cross-entropy-min local-field" in text


def test_json_lists_names_by_kind(eloss):
    found = json.loads(eloss("plugins", "--json").out)
    kinds = {"losses", "discrete_losses", "stiffness", "edges", "trainers", "upstreams"}
    assert kinds | {"plugins"} == set(found)
    assert {plugin["status"] for plugin in found["plugins"]} == {"ok"}


@pytest.mark.parametrize("name", ["energy", "local-field", "exponential", "complete", "gdm"])
def test_a_name_is_described(eloss, name):
    (found,) = json.loads(eloss("plugins", name, "--json").out)
    assert found["name"] == name
    assert found["summary"]


@pytest.mark.parametrize(
    ("written", "name"),
    [("Inverse_Square", "inverse-square"), ("eloss-plugins:energy", "energy"), ("None", "none")],
)
def test_a_name_is_found_as_everywhere_else(eloss, written, name):
    (found,) = json.loads(eloss("plugins", written, "--json").out)
    assert found["name"] == name


def test_a_name_that_two_plugins_share_is_described_for_both(eloss, site):
    site.add_loss("acme", "energy")
    found = json.loads(eloss("plugins", "energy", "--json").out)
    assert [entry["plugin"] for entry in found] == ["acme:acme", "eloss-plugins:builtin"]


def test_what_only_code_can_set_is_no_option():
    assert list(options_of(FromPotential)) == ["potential", "placement", "floor"]


def test_the_options_of_a_loss_are_shown_with_their_defaults(eloss):
    text = eloss("plugins", "energy").out
    assert "temperature     1.0" in text
    assert "stiffness       exponential\n" in text
    assert "maximal_weight  none\n" in text


def test_an_unknown_name_gets_the_closest(eloss):
    answer = eloss("plugins", "engery")
    assert answer.code == 2
    assert "Did you mean energy?" in answer.err


def test_options_are_the_fields():
    assert options_of(Mse)["weight"] == "1.0"
    assert options_of(print) == {}
