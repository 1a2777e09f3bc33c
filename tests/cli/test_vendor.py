import json
from pathlib import Path

import pytest

from tests.vendor.conftest import PATCHED, git, home, patch_set, upstream  # noqa: F401 - fixtures

PLUGIN = """
from eloss_plugins import hookimpl
from eloss_plugins.patching.patch_set import Anchor, Edit, PatchSet, Sign

@hookimpl
def register_upstreams():
    return {{"toy": {0!r}}}
"""


@pytest.fixture
def toy(site, patch_set, upstream):  # noqa: F811
    """The toy, registered by an installed package."""
    site.add("eloss-toy", PLUGIN.format(patch_set))
    return upstream


def test_a_patched_clone_with_licence_and_next_command(eloss, toy):
    answer = eloss("vendor", "toy", "--from", str(toy), "--into", "here")
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    folder = Path("here").resolve()
    assert lines[0] == f"A toy in {folder}"
    assert lines[1].endswith("(verified)")
    assert lines[2:] == [
        "licence: MIT (https://example.invalid/toy)",
        "applied: train.py",
        f"next: cd {folder} && python train.py",
    ]
    assert Path("here/train.py").read_text() == PATCHED


def test_json_is_all_there_is_and_the_folder_has_the_upstreams_name(eloss, toy):
    answer = eloss("vendor", "toy", "--from", str(toy), "--json")
    found = json.loads(answer.out)
    assert (found["folder"], found["verified"]) == (str(Path("toy").resolve()), True)
    assert found["commit"] == git(Path("toy"), "rev-parse", "HEAD")
    assert found["files"] == ["train.py"]


def test_a_folder_that_is_there_is_refused(eloss, toy):
    assert eloss("vendor", "toy", "--from", str(toy)).code == 0
    answer = eloss("vendor", "toy", "--from", str(toy))
    assert answer.code == 3
    assert "is not empty; nothing was changed" in answer.err


def test_without_a_network_one_sentence_says_what_to_do(eloss, toy, monkeypatch):
    monkeypatch.setenv("ELOSS_OFFLINE", "1")
    answer = eloss("vendor", "toy")
    assert answer.code == 5
    assert "eloss vendor toy --from PATH" in answer.err
    assert not Path("toy").exists()


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("toyy",), "Did you mean `toy`?"),
        (("../toy",), "known: "),
        (("toy", "--from", "nowhere"), "there is no folder 'nowhere'"),
        (("toy", "--from=--upload-pack=x"), "expected an address or a folder"),
        (("toy", "--from", "ext::sh -c x"), "expected an address or a folder"),
        ((), "UPSTREAM"),
    ],
)
def test_wrong_words_are_explained(eloss, toy, words, cause):
    answer = eloss("vendor", *words)
    assert answer.code == 2
    assert cause in answer.err
