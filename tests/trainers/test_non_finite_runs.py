"""What a run does about non-finite molecules: counts, names, goes on, stops."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from eloss_plugins.errors import Refused
from eloss_plugins.trainers import journal
from eloss_plugins.trainers.loop import train
from trainers.tiny_run import config, molecules, newest, parts


def with_bad(*places):
    listed = molecules()
    for place in places:
        spoiled = listed[place].positions.copy()
        spoiled[0, 0] = np.nan
        listed[place] = replace(listed[place], positions=spoiled)
    return parts(listed)


def events(out, event):
    return [
        record for record in journal.read(out / "metrics.jsonl") if record.get("event") == event
    ]


def all_finite(tree):
    if isinstance(tree, dict):
        return all(all_finite(value) for value in tree.values())
    if isinstance(tree, list | tuple):
        return all(all_finite(value) for value in tree)
    if isinstance(tree, torch.Tensor) and tree.is_floating_point():
        return bool(torch.isfinite(tree).all())
    return math.isfinite(tree) if isinstance(tree, float) else True


def test_one_bad_molecule_is_named_and_the_run_ends_well(tmp_path):
    result = train(config(tmp_path, steps=10), parts=with_bad(3))
    found = events(tmp_path, "non-finite")
    assert result.exit_code == 0
    assert result.masked == len(found) == 2  # two epochs of five batches
    assert {tuple(e["molecules"]) for e in found} == {(3,)}
    assert {tuple(e["names"]) for e in found} == {("mol-3",)}


def test_a_run_with_a_bad_molecule_stays_finite(tmp_path):
    train(config(tmp_path, steps=10), parts=with_bad(3))
    assert all_finite(newest(tmp_path))


def test_three_bad_batches_in_a_row_stop_the_run_with_a_checkpoint(tmp_path):
    with pytest.raises(Refused, match=r"3 batches in a row.*mol-") as caught:
        train(config(tmp_path, checkpoint_every=100), parts=with_bad(*range(20)))
    assert caught.value.exit_code == 3
    assert newest(tmp_path)["step"] == 3
    assert "step 3" in str(caught.value)


def test_bad_batches_with_a_good_one_between_do_not_stop_the_run(tmp_path):
    result = train(config(tmp_path, batch_size=20, steps=6, non_finite_limit=0), parts=with_bad(3))
    assert (result.step, result.masked) == (6, 6)


def test_nothing_changes_where_every_molecule_is_bad(tmp_path):
    bad = with_bad(*range(20))
    train(config(tmp_path / "a", steps=1, non_finite_limit=0), parts=bad)
    train(config(tmp_path / "b", steps=2, non_finite_limit=0), parts=bad)
    first, second = newest(tmp_path / "a"), newest(tmp_path / "b")
    assert all(torch.equal(first["model"][k], second["model"][k]) for k in first["model"])
    assert first["queue"] == second["queue"] == [3000.0]
    assert second["optimizer"]["state"] == {}


def test_a_molecule_with_a_bad_gradient_alone_is_named(tmp_path):
    listed = molecules()
    listed[3] = replace(listed[3], numbers=np.full_like(listed[3].numbers, 8))
    for place in (p for p in range(20) if p != 3):
        listed[place] = replace(listed[place], numbers=np.full_like(listed[place].numbers, 6))

    def singular(prediction, *_args, numbers, **_options):
        plain = prediction.square().sum((1, 2))
        oxygen = numbers.amax(1) == 8
        bad = (plain[oxygen] * 0).sqrt().sum()
        return plain + bad

    train(config(tmp_path, batch_size=20, steps=2), parts=replace(parts(listed), loss=singular))
    assert [e["molecules"] for e in events(tmp_path, "non-finite")] == [[3], [3]]
    assert all_finite(newest(tmp_path))


def test_a_spike_is_clipped_and_training_goes_on(tmp_path):
    calls = []

    def spiking(prediction, *_args, **_options):
        calls.append(1)
        return prediction.square().sum((1, 2)) * (1e30 if len(calls) == 5 else 1.0)

    train(config(tmp_path), parts=replace(parts(), loss=spiking))
    state = newest(tmp_path)
    assert all_finite(state)
    assert max(state["queue"]) <= 4500.0 * 1.5


def test_a_bad_molecule_in_validation_is_left_out_and_counted(tmp_path):
    train(config(tmp_path, steps=1), parts=with_bad(21))
    (line,) = [r for r in journal.read(tmp_path / "metrics.jsonl") if r["kind"] == "valid"]
    assert (line["molecules"], line["excluded"]) == (3, 1)
