"""Whatever happens to files, the newest whole checkpoint is found."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.errors import EnvironmentProblem, Refused
from eloss_plugins.trainers import checkpoint, journal
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.sidecar import sidecar_of
from trainers.tiny_run import assert_same, config, newest, parts

HARNESS = Path(__file__).with_name("kill_harness.py")


def save(folder, *steps):
    return [checkpoint.save(folder, n, {"weights": torch.full((4,), float(n))}) for n in steps]


def step_of(folder):
    return checkpoint.load_newest(folder).state["step"]


@pytest.mark.slow
def test_a_kill_at_any_system_call_of_a_save_loses_nothing(tmp_path):
    command = [sys.executable, str(HARNESS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    result = json.loads(done.stdout)
    assert result["points"] >= 60, result
    assert result["lost"] == 0, done.stderr


def test_what_is_saved_is_what_is_loaded(tmp_path):
    state = {"a": torch.arange(3), "b": [1, (2.5, None)], "c": {"d": "text"}}
    checkpoint.save(tmp_path, 7, state)
    assert_same(checkpoint.load_newest(tmp_path).state, {"format": 1, "step": 7, **state})


def test_300_of_300_flipped_bits_are_detected(tmp_path):
    (path,) = save(tmp_path, 1)
    data, draw = path.read_bytes(), np.random.default_rng(0)
    detected = 0
    for bit in draw.choice(8 * len(data), 300, replace=False):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(flipped)
        detected += not checkpoint.is_intact(path)
    assert detected == 300


@pytest.mark.parametrize("fraction", [0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("with_sidecar", [True, False])
def test_a_truncated_newest_is_said_and_the_previous_taken(tmp_path, fraction, with_sidecar):
    _, path = save(tmp_path, 1, 2)
    path.write_bytes(path.read_bytes()[: int(fraction * path.stat().st_size)])
    if not with_sidecar:
        sidecar_of(path).unlink()
    found = checkpoint.load_newest(tmp_path)
    assert found.state["step"] == 1
    assert "step-00000002.pt is passed over" in found.remarks[0]


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


def replace_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


def replace_by_dangling_link(path):
    path.unlink()
    path.symlink_to("nowhere")


def replace_by_web_page(path):
    path.write_text("<html>moved</html>")


def replace_by_other_content(path):
    torch.save([1, 2], path)
    sidecar_of(path).unlink()


@pytest.mark.parametrize(
    "spoil",
    [
        replace_by_folder,
        replace_by_pipe,
        replace_by_dangling_link,
        replace_by_web_page,
        replace_by_other_content,
    ],
)
def test_what_is_no_checkpoint_is_passed_over(tmp_path, spoil):
    _, path = save(tmp_path, 1, 2)
    spoil(path)
    assert step_of(tmp_path) == 1


class Hostile:
    def __reduce__(self):
        return os.mkdir, ("executed",)


def test_no_code_in_a_checkpoint_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, path = save(tmp_path, 1, 2)
    torch.save({"format": 1, "step": 2, "x": Hostile()}, path)
    sidecar_of(path).unlink()
    assert step_of(tmp_path) == 1
    assert not Path("executed").exists()


def test_a_missing_checksum_is_remarked(tmp_path):
    (path,) = save(tmp_path, 1)
    sidecar_of(path).unlink()
    assert "no checksum" in checkpoint.load_newest(tmp_path).remarks[0]


def test_a_checksum_without_its_file_means_nothing(tmp_path):
    _, path = save(tmp_path, 1, 2)
    path.unlink()
    assert step_of(tmp_path) == 1


def test_no_file_at_all_is_none(tmp_path):
    assert checkpoint.load_newest(tmp_path / "missing") is None


def test_only_damaged_files_are_refused_by_name(tmp_path):
    (path,) = save(tmp_path, 1)
    path.write_bytes(b"")
    with pytest.raises(Refused, match=r"step-00000001\.pt"):
        checkpoint.load_newest(tmp_path)


def test_a_whole_checkpoint_is_not_written_again(tmp_path):
    (path,) = save(tmp_path, 1)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    save(tmp_path, 1)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_steps_beyond_eight_digits_are_newest(tmp_path):
    save(tmp_path, 99_999_999, 100_000_000)
    assert step_of(tmp_path) == 100_000_000


def test_pruning_keeps_the_newest(tmp_path):
    save(tmp_path, 1, 2, 3, 4)
    checkpoint.prune(tmp_path, 2)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"step-0000000{n}.pt{end}" for n in (3, 4) for end in ("", ".sha256")]


def test_pruning_never_removes_the_only_whole_one(tmp_path):
    _, _, newest_path = save(tmp_path, 1, 2, 3)
    newest_path.write_bytes(b"damaged")
    checkpoint.prune(tmp_path, 1)
    assert step_of(tmp_path) == 2


def test_a_file_that_cannot_be_removed_does_not_stop_pruning(tmp_path, monkeypatch):
    save(tmp_path, 1, 2, 3)
    unlink = os.unlink

    def refuse_one(path, **options):
        if "step-00000002" in str(path):
            raise PermissionError(errno.EACCES, "no")
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", refuse_one)
    checkpoint.prune(tmp_path, 1)
    assert [path.name for path in checkpoint.listed(tmp_path)] == [
        "step-00000003.pt",
        "step-00000002.pt",
    ]


def test_damaged_files_are_moved_aside_when_a_run_goes_on(tmp_path):
    train(config(tmp_path, steps=11), parts=parts())
    damaged = checkpoint.path_of(tmp_path / "checkpoints", 11)
    damaged.write_bytes(b"damaged")
    train(config(tmp_path), resume=True, parts=parts())
    remarks = [line for line in journal.read(tmp_path / "metrics.jsonl") if "text" in line]
    assert newest(tmp_path)["step"] == 12
    assert "step-00000011.pt is passed over" in remarks[0]["text"]
    assert damaged.with_name(damaged.name + ".damaged").exists()


def test_leftovers_of_a_killed_write_are_removed_when_a_run_goes_on(tmp_path):
    train(config(tmp_path, steps=2), parts=parts())
    leftover = tmp_path / "checkpoints" / ".step-00000003.pt.1234.tmp"
    leftover.write_bytes(b"half")
    train(config(tmp_path, steps=3), resume=True, parts=parts())
    assert not leftover.exists()


@pytest.fixture
def broken_disk(monkeypatch):
    """Opening a temporary file fails while `broken_disk` holds an error number."""
    state, original = [], os.open

    def opening(path, *arguments, **options):
        if state and str(path).endswith(".tmp"):
            raise OSError(state[0], os.strerror(state[0]))
        return original(path, *arguments, **options)

    monkeypatch.setattr(os, "open", opening)
    return state


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_training_goes_on_when_a_save_fails(tmp_path, broken_disk, monkeypatch, number):
    calls, original = [], checkpoint.save

    def failing_once(*arguments):
        calls.append(1)
        broken_disk[:] = [number] if len(calls) == 2 else []
        return original(*arguments)

    monkeypatch.setattr(checkpoint, "save", failing_once)
    result = train(config(tmp_path, checkpoint_every=3), parts=parts())
    kept = [path.name for path in checkpoint.listed(tmp_path / "checkpoints")]
    assert result.complete
    assert kept == [f"step-{n:08d}.pt" for n in (12, 9, 3)]
    assert os.strerror(number) in (tmp_path / "metrics.jsonl").read_text()


def test_a_disk_that_fills_up_in_the_middle_of_a_save_leaves_the_old_one(tmp_path, monkeypatch):
    save(tmp_path, 1)

    def full(_handle, _data):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="full"):
        save(tmp_path, 2)
    monkeypatch.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "step-00000001.pt",
        "step-00000001.pt.sha256",
    ]


def test_a_last_save_that_fails_is_an_error_of_the_environment(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(checkpoint, "save", full)
    with pytest.raises(EnvironmentProblem, match="no space left") as caught:
        train(config(tmp_path, steps=2), parts=parts())
    assert caught.value.exit_code == 5


def test_a_folder_removed_while_training_comes_back(tmp_path, monkeypatch):
    original, out = checkpoint.save, tmp_path / "run"

    def save_in_removed(folder, *arguments):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        return original(folder, *arguments)

    monkeypatch.setattr(checkpoint, "save", save_in_removed)
    assert train(config(out), parts=parts()).complete
    assert newest(out)["step"] == 12


def test_an_interrupted_replacement_leaves_the_old_text(tmp_path, monkeypatch):
    path = tmp_path / "file"
    atomic_write_text(path, "old")

    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        atomic_write_text(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"
