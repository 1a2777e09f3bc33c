"""docs/training.md: its snippets run, what it says of files and events is so."""

import re

import pytest
import torch
from pages import code, page

from eloss_plugins.trainers import journal
from eloss_plugins.trainers.loop import train
from trainers.tiny_run import config, parts

TEXT = page("docs/training.md")
SNIPPETS = code(TEXT)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_snippet_runs(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    exec(compile(SNIPPETS[number], f"docs/training.md, snippet {number}", "exec"), {})


def test_every_file_and_every_field_of_the_journal_is_described(tmp_path):
    train(config(tmp_path, steps=5, checkpoint_every=5), parts=parts())
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    said = {name.replace("00000500", "00000005") for name in re.findall(r"^\| `(.*?)`", TEXT, re.M)}
    assert files <= said
    fields = {field for line in journal.read(tmp_path / "metrics.jsonl") for field in line}
    assert fields <= set(re.findall(r"`(\w+)`", TEXT))
