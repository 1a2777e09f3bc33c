"""A run in several sittings is the run in one, bit for bit."""

import json

import pytest
import torch

from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.run_folder import RunFolder, locked
from trainers.tiny_run import assert_same, config, molecules, newest, parts

BATCHES_PER_EPOCH = 5  # 20 training molecules, 4 a batch


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "run"
    train(config(out), parts=parts())
    return out


def lines(out):
    records = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in r.items() if k != "seconds"} for r in records]


@pytest.mark.parametrize("stop", [1, 3, BATCHES_PER_EPOCH, 7, 11])
def test_resumed_equals_uninterrupted(stop, tmp_path, uninterrupted):
    train(config(tmp_path / "run", steps=stop, valid_every=0), parts=parts())
    torch.manual_seed(99)  # the second sitting starts from another state of the world
    train(config(tmp_path / "run"), resume=True, parts=parts())
    assert_same(newest(tmp_path / "run"), newest(uninterrupted))


def test_resume_in_the_middle_of_a_logging_interval_writes_the_same_lines(tmp_path, uninterrupted):
    out = tmp_path / "run"
    train(config(out), parts=parts())
    for path in (out / "checkpoints").glob("step-00000012*"):
        path.unlink()  # killed between steps 10 and 12
    journal = out / "metrics.jsonl"
    journal.write_text(journal.read_text() + '{"step": 12, "ki')  # and in the middle of a line
    train(config(out), resume=True, parts=parts())
    assert lines(out) == lines(uninterrupted)


def test_two_runs_with_one_seed_are_equal(tmp_path, uninterrupted):
    train(config(tmp_path / "run"), parts=parts())
    assert_same(newest(tmp_path / "run"), newest(uninterrupted))


def test_resume_at_the_final_step_changes_nothing(tmp_path):
    out = tmp_path / "run"
    train(config(out, steps=2), parts=parts())
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != ".lock"}
    result = train(config(out, steps=2), resume=True, parts=parts())
    assert (result.step, result.exit_code, result.complete) == (2, 0, True)
    assert {p: p.read_bytes() for p in before} == before


def test_resume_before_the_first_checkpoint_begins_anew(tmp_path, uninterrupted):
    out = tmp_path / "run"
    train(config(out), parts=parts())
    for path in (out / "checkpoints").iterdir():
        path.unlink()
    train(config(out), resume=True, parts=parts())
    assert_same(newest(out), newest(uninterrupted))


def test_training_leaves_the_callers_random_numbers_alone(tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    train(config(tmp_path / "run", steps=1), parts=parts())
    assert torch.equal(torch.rand(2), expected)


def test_validation_does_not_change_training(tmp_path, uninterrupted):
    train(config(tmp_path / "run", valid_every=1), parts=parts())
    assert_same(newest(tmp_path / "run")["model"], newest(uninterrupted)["model"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learning_rate": 5e-4}, "learning_rate: 0.001 -> 0.0005"),
        ({"batch_size": 2}, "batch_size: 4 -> 2"),
        ({"loss": "mse"}, "loss: none -> mse"),
        ({"model": {"attention": False}}, "model.attention: None -> False"),
    ],
)
def test_changed_settings_are_listed_and_refused(change, said, tmp_path):
    train(config(tmp_path, steps=1), parts=parts())
    with pytest.raises(Refused, match="allow-change") as caught:
        train(config(tmp_path, steps=2, **change), resume=True, parts=parts())
    assert said in str(caught.value)


def test_a_longer_run_is_another_one_if_the_learning_rate_falls(tmp_path):
    train(config(tmp_path, steps=1, rate_course="linear"), parts=parts())
    with pytest.raises(Refused, match="steps: 1 -> 2"):
        train(config(tmp_path, steps=2, rate_course="linear"), resume=True, parts=parts())


def test_other_molecules_are_refused(tmp_path):
    train(config(tmp_path, steps=1), parts=parts())
    with pytest.raises(Refused, match="molecules: "):
        train(config(tmp_path, steps=2), resume=True, parts=parts(molecules(seed=1)))


def test_an_allowed_change_takes_effect_and_is_recorded(tmp_path):
    train(config(tmp_path, steps=1), parts=parts())
    changed = config(tmp_path, steps=2, learning_rate=5e-4)
    train(changed, resume=True, allow_change=True, parts=parts())
    assert newest(tmp_path)["optimizer"]["param_groups"][0]["lr"] == 5e-4
    assert "learning_rate: 0.001 -> 0.0005" in (tmp_path / "metrics.jsonl").read_text()


def test_weights_of_another_model_are_refused(tmp_path):
    train(config(tmp_path, steps=1), parts=parts())
    other = config(tmp_path, steps=2, model={"features": 16})
    with pytest.raises(Refused, match="another model"):
        train(other, resume=True, allow_change=True, parts=parts())


def test_a_folder_with_a_run_is_refused_without_resume(tmp_path):
    train(config(tmp_path, steps=1), parts=parts())
    with pytest.raises(Refused, match="--resume"):
        train(config(tmp_path, steps=1), parts=parts())


def test_overwrite_begins_anew(tmp_path, uninterrupted):
    train(config(tmp_path, steps=1, seed=5), parts=parts())
    train(config(tmp_path), overwrite=True, parts=parts())
    assert_same(newest(tmp_path), newest(uninterrupted))


def test_a_second_run_in_the_folder_is_kept_out(tmp_path):
    with locked(RunFolder(tmp_path)), pytest.raises(EnvironmentProblem, match="another run"):
        train(config(tmp_path), resume=True, parts=parts())
