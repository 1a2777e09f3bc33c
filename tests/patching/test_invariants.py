"""The invariants that every test of patching stands under do notice what breaks them."""

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.patching import apply as applying
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.revert import revert

from . import invariants
from .checkouts import commit_all, snapshot
from .sources import MODEL_PATH, SCRIPT_PATH, SHAPER


def edited(found, path, old, new) -> None:
    mode, data = found[path]
    assert old in data
    found[path] = (mode, data.replace(old, new))


BREACHES = {
    "bytes bytes": lambda old, new: edited(new, SCRIPT_PATH, b"print(", b"print( "),
    "bytes mode": lambda old, new: new.update({SCRIPT_PATH: (0o100644, new[SCRIPT_PATH][1])}),
    "bytes gone": lambda old, new: new.pop(SCRIPT_PATH),
    "whole half": lambda old, new: new.update({MODEL_PATH: old[MODEL_PATH]}),
    "whole a line": lambda old, new: edited(new, MODEL_PATH, b"gap = -gap  # eloss", b"  # eloss"),
    "elsewhere litter": lambda old, new: new.update({"model/x.tmp": (0o100644, b"")}),
    "elsewhere another": lambda old, new: new.update({"notes.txt": (0o100644, b"")}),
    "git index": lambda old, new: new.update({".git/index": (0o100644, b"")}),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_noticed(checkout, name):
    before = snapshot(commit_all(checkout))
    apply(checkout, SHAPER)
    after = snapshot(checkout)
    invariants.check_change(checkout, before, after)
    BREACHES[name](before, after)
    with pytest.raises(AssertionError, match=name.split()[0]):
        invariants.check_change(checkout, before, after)


def test_a_half_revert_is_noticed(checkout):
    apply(checkout, SHAPER)
    before = snapshot(checkout)
    revert(checkout, "shaper", SHAPER)
    after = snapshot(checkout)
    after[MODEL_PATH] = before[MODEL_PATH]
    with pytest.raises(AssertionError, match="whole"):
        invariants.check_change(checkout, before, after)


@pytest.mark.parametrize("problem", [Refused, EnvironmentProblem])
def test_a_refusal_that_writes_is_noticed(checkout, monkeypatch, problem):
    def write_and_refuse(*_, **__):
        (checkout / SCRIPT_PATH).write_bytes(b"")
        raise problem("no")

    monkeypatch.setattr(applying, "carry_out", invariants.watched(write_and_refuse))
    with pytest.raises(AssertionError, match="refusal"):
        apply(checkout, SHAPER)


@pytest.mark.parametrize(
    ("code", "out", "err"),
    [
        (70, "", "eloss: a defect. Run it again\n"),
        (3, "", "eloss: one\neloss: two. Run it again\n"),
        (3, "", "eloss: no way out\n"),
        (3, "half", "eloss: no. Run it again\n"),
        (3, "", ""),
        (0, "", "eloss: no. Run it again\n"),
        (3, "", "eloss: no. Run it again\nTraceback (most recent call last):\n"),
    ],
)
def test_an_answer_of_another_form_is_noticed(code, out, err):
    with pytest.raises(AssertionError):
        invariants.check_answer(code, out, err, as_json=False)
