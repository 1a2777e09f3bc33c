"""Losses over spins by name and options, from our own and other packages, and their contract."""

import pytest
import torch
from core.discrete.lattices import random_batch
from pages import code, page

from eloss_plugins import host
from eloss_plugins.core.discrete import DISCRETE_LOSSES, LocalField
from eloss_plugins.errors import PluginError, Refused, UsageError

HOOK = "from eloss_plugins import hookimpl\n@hookimpl\ndef register_discrete_losses(): "


@pytest.mark.parametrize("name", DISCRETE_LOSSES)
def test_every_name_gives_its_loss(name):
    batch = random_batch()
    assert torch.equal(host.bind_discrete(name)(batch), DISCRETE_LOSSES[name]()(batch))


@pytest.mark.parametrize("options", ["h0=0.2,temperature=0.3", {"h0": 0.2, "temperature": "0.3"}])
def test_options_are_the_fields(options):
    batch = random_batch()
    bound = host.bind_discrete("Local_Field", options)
    assert bound.loss == LocalField(h0=0.2, temperature=0.3)
    assert torch.equal(bound(batch), LocalField(h0=0.2, temperature=0.3)(batch))


def test_what_was_resolved_is_described_and_can_be_bound_again():
    bound = host.bind_discrete("local-field", "h0=0.2")
    described = bound.describe()
    assert list(described)[:3] == ["loss", "plugin", "version"]
    assert (described["loss"], described["h0"], described["offset"]) == ("local-field", 0.2, "site")
    assert host.bind_discrete("local-field", bound.options).loss == bound.loss


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("local-feild", "", "Did you mean `?local-field"),
        ("energy", "", "Unknown discrete loss `energy`"),
        ("local-field", "h1=2", "Unknown option `h1`"),
        ("local-field", "h0=-1", "h0 must be finite and 0 or more"),
        ("local-field", "offset=both", "unknown offset 'both'"),
        ("margin", "margin=0", "margin must be positive"),
    ],
)
def test_wrong_names_and_options_get_one_sentence(name, options, words):
    with pytest.raises(UsageError, match=words):
        host.bind_discrete(name, options)


def test_a_plugins_loss_goes_by_its_name(site):
    site.add("acme", HOOK + "return {'mean': lambda b: b.means.mean(-1)}")
    batch = random_batch()
    assert torch.equal(host.bind_discrete("mean")(batch), batch.means.mean(-1))


def test_the_loss_on_the_page_goes_by_its_name(site):
    (text,) = (
        block
        for block in code(page("docs/plugins.md"))
        if "discrete" in block and "overlap" in block
    )
    site.add("acme", f"from eloss_plugins import hookimpl\n{text}")
    batch = random_batch()
    expected = -(batch.target * batch.means).mean(-1).abs()
    assert torch.equal(host.bind_discrete("overlap")(batch), expected)


def test_a_plugins_loss_that_cannot_be_imported_is_refused(site):
    site.add("acme", HOOK + "return {'mean': 'acme_nowhere:Mean'}")
    with pytest.raises(Refused, match="Discrete loss `mean` of plugin `acme:acme`"):
        host.bind_discrete("mean")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("None", "got None"),
        ("b.means.mean()", r"got shape \(\)"),
        ("b.means", r"got shape \(3, 12\)"),
        ("b.means.mean(-1).tolist()", "got list"),
        ("b.means.mean(-1).half()", "got torch.float16"),
        ("b.means.mean(-1).detach()", "got one without gradient"),
        ("b.means.mean(-1).to('meta')", "got it on meta"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_named(site, body, words):
    site.add("acme", HOOK + f"return {{'odd': lambda b: {body}}}")
    with pytest.raises(PluginError, match=rf"acme:acme.*must return a tensor.*\(3,\).*{words}"):
        host.bind_discrete("odd")(random_batch())


def test_a_loss_that_raises_names_its_plugin(site):
    site.add("acme", HOOK + "return {'odd': lambda b: 1 / 0}")
    with pytest.raises(PluginError, match=r"acme:acme.*failed: ZeroDivisionError"):
        host.bind_discrete("odd")(random_batch())


def test_without_gradients_none_is_asked_for():
    with torch.no_grad():
        assert host.bind_discrete("pair-energy")(random_batch()).shape == (3,)
