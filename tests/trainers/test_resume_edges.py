"""Runs whose edge set draws at random go on bit for bit, and move no other draw."""

import json
from dataclasses import replace

import pytest
import torch

from eloss_plugins import host
from eloss_plugins.trainers import gdm_aug
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.parts import Parts
from trainers.tiny_run import SPEC, assert_same, config, data, newest

LOSSES = {
    "sampled": "edges=sampled,edges_per_atom=1",
    "random-regular": "edges=random-regular,degree=2",
    "rigid": "edges=rigid",
}


def parts(options, augmented=False):
    loss = host.bind("gdm", "energy", options)
    spec = replace(SPEC, augment=gdm_aug.SPEC.augment) if augmented else SPEC
    return Parts(spec, data(), loss, dict(loss.describe()))


@pytest.mark.parametrize("augmented", [False, True], ids=["as they lie", "turned at random"])
@pytest.mark.parametrize("name", LOSSES)
def test_resumed_equals_uninterrupted(name, augmented, tmp_path):
    made = {"loss": "energy", "loss_options": LOSSES[name], "valid_every": 0}
    train(config(tmp_path / "whole", **made), parts=parts(LOSSES[name], augmented))
    train(config(tmp_path / "run", steps=7, **made), parts=parts(LOSSES[name], augmented))
    torch.manual_seed(99)
    train(config(tmp_path / "run", **made), resume=True, parts=parts(LOSSES[name], augmented))
    assert_same(newest(tmp_path / "run"), newest(tmp_path / "whole"))


def test_other_random_numbers_are_those_of_the_complete_graph(tmp_path):
    """One step each: all that is drawn, and the network's error, is the same; the loss is not."""
    found = {}
    for name, options in {"complete": "edges=complete", **LOSSES}.items():
        out = tmp_path / name
        made = {"loss": "energy", "loss_options": options, "log_every": 1, "steps": 1}
        train(config(out, **made), parts=parts(options))
        first = json.loads((out / "metrics.jsonl").read_text().splitlines()[0])
        found[name] = first, newest(out)
    first, state = found.pop("complete")
    for other, at in found.values():
        assert_same(at["ranks"][0]["rng"], state["ranks"][0]["rng"])
        assert_same(at["order"], state["order"])
        assert (other["error"], other["feature"]) == (first["error"], first["feature"])
    assert any(other["position"] != first["position"] for other, _ in found.values())


def test_a_checkpoint_holds_the_state_of_a_drawing_edge_set_alone(tmp_path):
    for name, kept in (("sampled", ["edges"]), ("rigid", [])):
        made = {"loss": "energy", "loss_options": LOSSES[name], "steps": 1}
        train(config(tmp_path / name, **made), parts=parts(LOSSES[name]))
        assert list(newest(tmp_path / name)["ranks"][0]["loss"]) == kept


def test_a_checkpoint_without_such_a_state_can_be_gone_on_from(tmp_path):
    from eloss_plugins.trainers import checkpoint

    made = {"loss": "energy", "loss_options": LOSSES["sampled"]}
    train(config(tmp_path, steps=1, **made), parts=parts(LOSSES["sampled"]))
    state = newest(tmp_path)
    del state["ranks"][0]["loss"]
    for path in (tmp_path / "checkpoints").iterdir():
        path.unlink()
    checkpoint.save(tmp_path / "checkpoints", 1, state)
    result = train(config(tmp_path, steps=2, **made), resume=True, parts=parts(LOSSES["sampled"]))
    assert result.complete
