"""SemlaFlow's patch set on a toy of the same shape: what it trains with, and when it stops."""

import re

import pytest
from eloss_plugins.patches.semlaflow import PATCH_SET

from eloss_plugins.errors import Refused
from eloss_plugins.patching.plan import plan

from . import toys

TOY = toys.SEMLAFLOW
MOST_FILES, MOST_LINES = 3, 20
NUMBERS = ("step", "weights")


def steps(done: toys.Run) -> list[float]:
    assert done.code == 0, done.err
    return [float(line.split()[1]) for line in done.lines("step")]


def test_footprint_is_small():
    assert len(PATCH_SET.files) <= MOST_FILES
    assert sum(len(edit.lines) for edit in PATCH_SET.edits) <= MOST_LINES


@pytest.mark.parametrize("flags", [(), ("--loss-plugin", "none")])
def test_without_a_plugin_it_is_upstream(toy, patched, run, flags):
    assert run(patched, *flags).lines(*NUMBERS) == run(toy).lines(*NUMBERS)


@pytest.mark.usefixtures("no_package")
def test_without_a_plugin_the_package_need_not_exist(patched, run):
    assert run(patched, "--loss-plugin", "none").code == 0


@pytest.mark.usefixtures("no_package")
def test_a_missing_package_is_one_sentence(patched, run):
    done = run(patched, "--loss-plugin", "energy")
    assert done.code == 5
    assert re.fullmatch(r"--loss-plugin needs the package eloss-plugins: .*\n", done.err)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("enrgy",), "Unknown loss `enrgy`.*Did you mean `energy`"),
        (("energy", "--loss-options", "k=3"), "Unknown option `k`"),
        (("energy", "--distill"), "--distill trains with `_distill_loss`"),
        (("energy", "--unit", "0.529177"), "in angstrom.*got 2.*, which looks like bohr"),
        (("energy", "--backwards"), "approach the clean ones as time goes to 0"),
    ],
)
def test_what_is_the_users_to_mend_is_one_sentence(patched, run, flags, sentence):
    done = run(patched, "--loss-plugin", *flags)
    assert done.code == 2
    assert re.fullmatch(f"eloss: .*{sentence}.*\n", done.err), done.err


def test_an_unknown_time_weight_is_a_wrong_flag(patched, run):
    done = run(patched, "--loss-plugin", "energy", "--loss-time-weight", "papr")
    assert done.code == 2
    assert "invalid choice: 'papr'" in done.err


def test_the_plugin_mse_is_upstreams_own_loss(toy, patched, run):
    """Padding included, by which upstream divides."""
    assert steps(run(patched, "--loss-plugin", "mse")) == pytest.approx(steps(run(toy)), rel=1e-5)


@pytest.mark.parametrize("weight", ["own", "paper"])
def test_it_trains_with_the_energy(patched, run, weight):
    flags = ("--loss-plugin", "energy", "--loss-time-weight", weight, "--steps", "60")
    losses = steps(run(patched, *flags))
    assert sum(losses[-10:]) < sum(losses[:10])


def test_time_weights_differ(patched, run):
    own, paper = (
        steps(run(patched, "--loss-plugin", "energy", "--loss-time-weight", weight, "--steps", "1"))
        for weight in ("own", "paper")
    )
    assert paper[0] > own[0]


def test_a_nan_step_is_left_out_and_training_goes_on(patched, run):
    """Its loss is that of a NaN molecule; a NaN weight would give no other any more."""
    done = run(patched, "--loss-plugin", "energy", "--nan_at", "3", "6", "7")
    assert [step != step for step in steps(done)] == [it in (3, 6, 7) for it in range(10)]
    assert [line.rpartition("; ")[2] for line in done.lines("eloss: left out")] == [
        "1 so far",
        "2 so far",
        "3 so far",
    ]


def test_three_nan_steps_in_a_row_stop_it_in_one_sentence(patched, run):
    done = run(patched, "--loss-plugin", "energy", "--nan_at", "3", "4", "5")
    assert done.code == 3
    sentence = "eloss: 3 steps in a row had a gradient that is not finite; stopped, .*"
    assert re.fullmatch(f"{sentence}\n", done.err), done.err
    assert len(done.lines("step")) == 5


def test_upstream_itself_is_broken_for_good_by_a_nan(patched, run):
    assert run(patched, "--nan_at", "3").lines("step")[-1] == "step nan"


def test_settings_are_printed_once(patched, run):
    done = run(patched, "--loss-plugin", "energy")
    assert done.out.count("trains semlaflow, preset balanced:") == 1
    assert done.lines("eloss: time weight") == ["eloss: time weight: own"]


def test_distillation_is_left_alone(patched):
    text = (patched / "semlaflow" / "models" / "fm.py").read_text()
    assert "eloss" not in text[text.index("def _distill_loss") :]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("def _loss(self, data, interpolated,", "def _loss(self, data, times,", "interpolated"),
        ("mean(dim=(1, 2))", "sum(dim=(1, 2))", "not found"),
        ("_, data, interpolated, times = batch", "_, data, interpolated, t = batch", "times"),
        ("class MolecularCFM", "energy_loss_weight = 1\n\n\nclass MolecularCFM", "of its own"),
    ],
)
def test_another_loss_is_refused(toy, old, new, reason):
    file = toy / "semlaflow" / "models" / "fm.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(Refused, match=reason):
        plan(toy, PATCH_SET)
