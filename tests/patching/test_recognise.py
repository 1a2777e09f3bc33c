import os
from dataclasses import replace

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.patch_set import Guard, Sign
from eloss_plugins.patching.plan import plan
from eloss_plugins.patching.recognise import recognise
from tests.patching.sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER, write

OTHER = replace(SHAPER, name="other", signs=(Sign("other.py"), Sign(MODEL_PATH, "Carver.cut")))


def test_signs_tell_the_upstream(tmp_path):
    found = recognise(write(tmp_path), [OTHER, SHAPER])
    assert found.fits == (SHAPER,)
    assert (found.refused, found.patched) == ((), ())
    assert found.looked_for == (f"other: other.py, Carver.cut in {MODEL_PATH}",)


def test_empty_folder_is_told_what_was_looked_for(tmp_path):
    found = recognise(tmp_path, [SHAPER])
    assert found.fits == ()
    assert found.looked_for == ("shaper: Shaper.penalty in model/shaper.py, run.py",)


def test_file_is_no_checkout(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(Refused, match="expected a folder"):
        recognise(tmp_path / "a", [SHAPER])


def test_guard_refuses_with_its_reason(tmp_path):
    write(tmp_path, {**FILES, "model/latent.py": b"class LatentShaper:\n    pass\n"})
    (refusal,) = recognise(tmp_path, [SHAPER]).refused
    assert refusal.patch_set == SHAPER
    assert refusal.reason == "this is a latent model (model/latent.py)"


def test_patched_is_told_by_the_markers_alone(tmp_path):
    changes = plan(write(tmp_path), SHAPER).changes
    write(tmp_path, {changes[0].path: changes[0].after})
    assert recognise(tmp_path, [SHAPER]).patched == ()
    write(tmp_path, {changes[1].path: changes[1].after})
    found = recognise(tmp_path, [SHAPER])
    assert found.patched == found.fits == (SHAPER,)


def test_file_in_the_middle_of_an_edit_is_still_known(tmp_path):
    write(tmp_path, {**FILES, MODEL_PATH: FILES[MODEL_PATH] + b"def f(:\n"})
    assert recognise(tmp_path, [SHAPER]).fits == (SHAPER,)


@pytest.mark.parametrize("data", [b"# class LatentShaper\n", b"class LatentShapers:\n",
                                  b"x = LatentShaper()\n", b"\xff\xfe\0"])  # fmt: skip
def test_mention_of_a_guarded_class_is_no_definition(tmp_path, data):
    write(tmp_path, {**FILES, "model/latent.py": data})
    assert recognise(tmp_path, [SHAPER]).fits == (SHAPER,)


@pytest.mark.parametrize(("text", "trips"), [("energy_loss(x)", True), ("my_energy_loss", False)])
def test_guarded_word_is_a_whole_word(tmp_path, text, trips):
    guarded = replace(SHAPER, guards=(Guard("edited", "**/*.py", text="energy_loss"),))
    write(tmp_path, {**FILES, "deep/er/a.py": text.encode()})
    assert bool(recognise(tmp_path, [guarded]).refused) == trips


@pytest.mark.parametrize("glob", ["../*.py", "/etc/*", ".git/config"])
def test_sign_outside_the_checkout_is_refused(tmp_path, glob):
    with pytest.raises(Refused, match="names"):
        recognise(write(tmp_path), [replace(SHAPER, signs=(Sign(glob),))])


def test_odd_nodes_are_passed_over(tmp_path):
    write(tmp_path)
    os.mkfifo(tmp_path / "model" / "pipe.py")
    (tmp_path / "model" / "loop.py").symlink_to("loop.py")
    (tmp_path / "model" / "folder.py").mkdir()
    (tmp_path / "model" / "out.py").symlink_to("/etc/hostname")
    assert recognise(tmp_path, [SHAPER]).fits == (SHAPER,)


def test_sign_may_be_a_folder_s_file_and_not_a_folder(tmp_path):
    (tmp_path / SCRIPT_PATH).mkdir()
    write(tmp_path, {MODEL_PATH: FILES[MODEL_PATH]})
    assert recognise(tmp_path, [SHAPER]).fits == ()
