"""A run from beginning to end: its files, its results, its errors."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from eloss_plugins import host
from eloss_plugins.data.collate import collate
from eloss_plugins.data.elements import Elements
from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
from eloss_plugins.trainers import journal
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.run import load_run
from trainers.tiny_run import SPEC, config, data, newest, parts


def records(out, kind):
    return [line for line in journal.read(out / "metrics.jsonl") if line["kind"] == kind]


def test_the_journal_has_a_line_each_interval_and_one_at_the_end(tmp_path):
    train(config(tmp_path, steps=7), parts=parts())
    assert [line["step"] for line in records(tmp_path, "train")] == [3, 6, 7]
    assert [line["step"] for line in records(tmp_path, "valid")] == [6, 7]


def test_a_journal_line_is_the_mean_over_its_interval(tmp_path):
    train(config(tmp_path / "each", log_every=1, steps=6), parts=parts())
    train(config(tmp_path / "three", log_every=3, steps=6), parts=parts())
    each = [line["loss"] for line in records(tmp_path / "each", "train")]
    three = [line["loss"] for line in records(tmp_path / "three", "train")]
    assert three == pytest.approx([np.mean(each[:3]), np.mean(each[3:])], rel=1e-6)


def test_config_json_is_resolved_and_reads_back(tmp_path):
    train(config(tmp_path, steps=1, learning_rate=None), parts=parts())
    written = json.loads((tmp_path / "config.json").read_text())
    resolved = TrainConfig.from_json(written["config"])
    assert resolved.learning_rate == SPEC.learning_rates["none"]
    assert written["elements"] == [1, 6, 8]
    assert written["versions"]["torch"] == torch.__version__


def test_the_loss_goes_down(tmp_path):
    fast = config(tmp_path, steps=60, log_every=20, valid_every=0, learning_rate=1e-2)
    train(fast, parts=parts())
    first, *_, last = (line["error"] for line in records(tmp_path, "train"))
    assert last < 0.8 * first


def test_training_with_a_plugin_calls_it_with_the_real_positions(tmp_path):
    seen = []

    def loss(prediction, noise, positions, alpha, sigma, mask, **_options):
        seen.append((positions.dtype, positions.shape[-1], mask.dtype))
        return prediction.square().sum((1, 2))

    train(config(tmp_path, steps=2, valid_every=0), parts=replace(parts(), loss=loss))
    assert seen == [(torch.float32, 3, torch.bool)] * 2


@pytest.mark.parametrize("precision", ["bf16-mixed", "64-true"])
def test_other_precisions_train_and_see_unrounded_positions(tmp_path, precision):
    """Fabric would cast a module's float arguments to bfloat16: 0.01 angstrom a bond."""
    seen = []
    wide = replace(SPEC, augment=lambda batch: seen.append(batch.positions) or batch)
    train(config(tmp_path, steps=2, precision=precision), parts=replace(parts(), spec=wide))
    assert all(torch.any(p != p.bfloat16().to(p.dtype)) for p in seen)
    assert math.isfinite(records(tmp_path, "train")[-1]["loss"])


def test_ema_trails_the_weights(tmp_path):
    train(config(tmp_path, steps=12, ema_decay=0.9), parts=parts())
    state = newest(tmp_path)
    name = next(iter(k for k in state["model"] if "weight" in k))
    assert not torch.equal(state["model"][name], state["ema"][name])


def test_validation_is_the_mean_bound_with_the_term_for_the_number_of_atoms(tmp_path):
    train(config(tmp_path, steps=1, valid_every=0, batch_size=20), parts=parts())
    run, molecules = load_run(tmp_path, spec=SPEC), data()
    places = molecules.splits["valid"]
    places = places[np.argsort(molecules.molecules.sizes[places], kind="stable")]
    torch.manual_seed(20220317)
    batch = collate(molecules.molecules, places, Elements(run.elements))
    sizes = torch.from_numpy(molecules.molecules.sizes[places])
    counts = torch.bincount(torch.from_numpy(molecules.molecules.sizes[:20]))
    expected = run.model.nll(batch) - torch.log(counts[sizes] / 20)
    assert records(tmp_path, "valid")[0]["nll"] == pytest.approx(expected.mean().item(), rel=1e-5)


def test_a_loaded_run_has_the_averaged_weights(tmp_path):
    train(config(tmp_path, steps=5), parts=parts())
    run, saved = load_run(tmp_path, spec=SPEC), newest(tmp_path)
    assert all(torch.equal(v, saved["ema"][k]) for k, v in run.model.state_dict().items())
    assert (run.step, run.elements, run.model.training) == (5, (1, 6, 8), False)
    assert set(run.nodes.sample(100).tolist()) <= set(data().molecules.sizes[:20].tolist())


def test_a_loaded_run_samples(tmp_path):
    train(config(tmp_path, steps=2), parts=parts())
    run = load_run(tmp_path, spec=SPEC)
    made = run.model.sample(run.nodes.sample(3))
    assert len(made.positions) == len(made.elements) == len(made.mask) == 3


def test_loading_passes_over_a_damaged_checkpoint_and_says_so(tmp_path):
    train(config(tmp_path, steps=6), parts=parts())
    (tmp_path / "checkpoints" / "step-00000006.pt").write_bytes(b"damaged")
    run = load_run(tmp_path, spec=SPEC)
    assert run.step == 5
    assert "step-00000006.pt" in run.remarks[0]


def test_a_checkpoint_file_loads_by_itself(tmp_path):
    train(config(tmp_path, steps=6), parts=parts())
    assert load_run(tmp_path / "checkpoints" / "step-00000005.pt", spec=SPEC).step == 5


def test_a_folder_without_a_run_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="has none"):
        load_run(tmp_path)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    (tmp_path / "x.pt").write_text("hello")
    with pytest.raises(Refused, match="no checkpoint"):
        load_run(tmp_path / "x.pt")


def test_observers_get_detached_terms(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(host, "after_loss", lambda *arguments: seen.append(arguments))
    train(config(tmp_path, steps=2), parts=parts())
    assert [(target, step) for target, step, _ in seen] == [("gdm", 1), ("gdm", 2)]
    assert not any(value.requires_grad for *_, terms in seen for value in terms.values())


def test_an_accelerator_that_is_not_there_is_a_problem_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EnvironmentProblem, match="accelerator cuda"):
        train(config(tmp_path, accelerator="cuda"), parts=parts())


def test_memory_that_runs_out_is_explained(tmp_path):
    def exhausted(*_arguments, **_options):
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(EnvironmentProblem, match="batch of 4 molecules"):
        train(config(tmp_path), parts=replace(parts(), loss=exhausted))


def test_data_without_training_molecules_is_a_usage_error(tmp_path):
    empty = replace(data(), splits={"train": np.arange(0), "valid": np.arange(4)})
    with pytest.raises(UsageError, match="training molecules"):
        train(config(tmp_path), parts=replace(parts(), data=empty))


def test_data_without_validation_molecules_trains(tmp_path):
    bare = replace(data(), splits={"train": np.arange(20)})
    assert train(config(tmp_path, steps=1), parts=replace(parts(), data=bare)).complete


def test_a_path_that_is_a_file_is_a_problem_of_the_environment(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="--out"):
        train(config(tmp_path / "file"), parts=parts())


def test_zero_steps_do_nothing(tmp_path):
    result = train(config(tmp_path, steps=0), parts=parts())
    assert (result.step, result.complete) == (0, True)
