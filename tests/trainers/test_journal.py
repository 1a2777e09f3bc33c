import errno
import json
import os

from eloss_plugins.trainers import journal
from eloss_plugins.trainers.journal import Journal


def steps(path):
    return [json.loads(line)["step"] for line in path.read_text().splitlines()]


def test_lines_of_later_steps_and_torn_lines_go(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"step": 2, "lo')
    journal.keep_until(path, 2)
    assert steps(path) == [1, 2]


def test_a_missing_journal_stays_missing(tmp_path):
    journal.keep_until(tmp_path / "metrics.jsonl", 2)
    assert list(tmp_path.iterdir()) == []


def test_a_line_is_on_file_as_soon_as_it_is_written(tmp_path):
    path = tmp_path / "metrics.jsonl"
    Journal(path, print).write({"step": 1, "loss": 0.5})
    assert journal.read(path) == [{"step": 1, "loss": 0.5}]


def test_numbers_that_are_not_finite_become_null(tmp_path):
    path = tmp_path / "metrics.jsonl"
    Journal(path, print).write({"step": 1, "loss": float("nan"), "all": [float("inf"), 1.0]})
    assert journal.read(path) == [{"step": 1, "loss": None, "all": [None, 1.0]}]


def test_a_full_disk_is_told_once_and_leaves_no_torn_line(tmp_path, monkeypatch):
    path, said, write = tmp_path / "metrics.jsonl", [], os.write
    log = Journal(path, said.append)
    log.write({"step": 1})
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:4]))
    log.write({"step": 2})
    log.write({"step": 3})
    monkeypatch.undo()
    log.write({"step": 4})
    assert steps(path) == [1, 4]
    assert len(said) == 1
    assert os.strerror(errno.ENOSPC) in said[0]


def test_reading_skips_a_torn_last_line(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"st')
    assert journal.read(path) == [{"step": 1}]
