"""JODO's patch set on a toy of the same shape: what the patched trainer does, and when it stops."""

import logging
import re

import pytest
from eloss_plugins.patches.jodo import PATCH_SET

from eloss_plugins.errors import Refused
from eloss_plugins.patching.plan import plan

from . import toys

TOY = toys.JODO
MOST_FILES, MOST_LINES = 3, 20
NUMBERS = ("step", "valid", "weights")
OBJECTIVES = pytest.mark.parametrize("bonds", ["True", "False"], ids=["graph", "node"])


def steps(done: toys.Run) -> list[float]:
    return [float(line.split()[1]) for line in done.lines("step")]


def test_footprint_is_small():
    assert len(PATCH_SET.files) <= MOST_FILES
    assert sum(len(edit.lines) for edit in PATCH_SET.edits) <= MOST_LINES


@OBJECTIVES
@pytest.mark.parametrize("flags", [(), ("--loss-plugin", "none")])
def test_without_a_plugin_it_is_upstream(toy, patched, run, flags, bonds):
    objective = f"--config.pred_edge={bonds}"
    done = run(patched, objective, *flags)
    assert done.lines(*NUMBERS) == run(toy, objective).lines(*NUMBERS)
    assert not done.lines("loss_plugin", "eloss")


@pytest.mark.usefixtures("no_package")
def test_without_a_plugin_the_package_need_not_exist(patched, run):
    assert run(patched, "--loss-plugin", "none").code == 0


@pytest.mark.usefixtures("no_package")
def test_evaluation_never_imports_the_package(patched, run):
    assert run(patched, "--mode=eval", "--loss-plugin", "energy").code == 0


@pytest.mark.usefixtures("no_package")
def test_a_missing_package_is_one_sentence(patched, run, caplog):
    with caplog.at_level(logging.ERROR):
        done = run(patched, "--loss-plugin", "energy")
    assert done.code == 5
    assert re.fullmatch("--loss-plugin needs the package eloss-plugins: .*", caplog.messages[0])
    assert not done.lines("step")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("enrgy",), "Unknown loss `enrgy`.*Did you mean `energy`"),
        (("energy", "--loss-options", "k=3"), "Unknown option `k`"),
        (("energy", "--config.only_2D=True"), r"this configuration \(only_2D\) has none"),
        (("energy", "--config.model.pred_data=False"), "predicts the noise"),
        (("energy", "--config.unit=0.529"), "in angstrom.*got 2.06, which looks like bohr"),
    ],
)
def test_what_is_the_users_to_mend_is_one_sentence(patched, run, flags, sentence):
    done = run(patched, "--loss-plugin", *flags)
    assert done.code == 2
    assert re.fullmatch(f"eloss: .*{sentence}.*\n", done.err)


def test_settings_are_printed_once_and_kept_in_the_configuration(patched, run):
    out = run(patched, "--loss-plugin", "energy", "--loss-options", "stiffness=inverse").out
    assert out.count("eloss: energy (eloss-plugins:builtin") == 1
    assert "--config.optim.lr 0.0002; this one has 0.001" in out
    assert re.search(r"^loss_plugin: energy\nloss_options: stiffness=inverse,", out, re.MULTILINE)


def test_without_options_it_is_the_tuned_preset(patched, run):
    out = run(patched, "--loss-plugin", "energy").out
    assert "trains jodo, preset tuned" in out
    assert "stiffness.prefactor=24.0" in out


@OBJECTIVES
def test_it_trains_with_the_energy(toy, patched, run, bonds):
    objective = f"--config.pred_edge={bonds}"
    with_energy, upstream = run(patched, objective, "--loss-plugin", "energy"), run(toy, objective)
    assert with_energy.lines("finite") == ["finite True"]
    assert steps(with_energy) != pytest.approx(steps(upstream), rel=0.01)


@OBJECTIVES
def test_the_tuned_squared_error_is_upstreams(toy, patched, run, bonds):
    objective = f"--config.pred_edge={bonds}"
    ours = run(patched, objective, "--loss-plugin", "mse")
    assert steps(ours) == pytest.approx(steps(run(toy, objective)), rel=1e-4)


@pytest.mark.parametrize("factors", ["1, 4, 4, 1", "2, 4, 4, 1"])
def test_the_length_scale_is_the_positions_factor(patched, run, factors):
    flags = (f'--config.model.normalize_factors="{factors}"', f"--config.unit={factors[0]}")
    assert run(patched, "--loss-plugin", "energy", *flags).code == 0


@pytest.mark.parametrize("options", ["edges=bonds", "stiffness=lennard-jones,bonded=9"])
def test_what_asks_for_bonds_gets_them(patched, run, options):
    done = run(patched, "--loss-plugin", "energy", "--loss-options", options)
    assert done.lines("finite") == ["finite True"]


def test_with_bonds_the_objective_hands_on_those_of_the_data(patched, run):
    """The toy's bonds are those that distances have; without any, no pair is left."""
    flags = ("--loss-plugin", "energy", "--loss-options", "edges=bonds,stiffness=constant")
    given, found, none = (
        steps(run(patched, *flags, *more))
        for more in ((), ('--config.data.transform="Edge"',), ("--config.bonded=False",))
    )
    assert given == found
    assert all(bare < whole for bare, whole in zip(none, given, strict=True))


def test_turning_the_target_changes_no_energy(patched, run):
    found = [
        steps(run(patched, "--loss-plugin", "energy", f"--config.model.noise_align={turn}"))
        for turn in ("True", "False")
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-4)


def test_validation_is_upstreams_for_the_same_weights(toy, patched, run):
    ours = run(patched, "--loss-plugin", "energy", "--config.optim.lr=0")
    assert ours.lines("valid", "weights") == run(toy, "--config.optim.lr=0").lines(*NUMBERS[1:])


NAN = ("--config.nan_at=1", "--config.optim.grad_clip=True")


def test_a_nan_step_is_left_out_and_clipping_goes_on(patched, run):
    done = run(patched, "--loss-plugin", "energy", *NAN)
    assert done.lines("finite") == ["finite True"]
    assert [step == step for step in steps(done)] == [True, False] + 8 * [True]
    assert done.lines("eloss: left out") == [
        "eloss: left out a step with a loss that is not finite; 1 so far"
    ]


def test_upstream_itself_is_broken_for_good_by_a_nan(patched, run):
    assert run(patched, *NAN).lines("step")[-1] == "step nan"


def changed(toy, old, new):
    file = toy / "losses.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_checkout_with_the_authors_edits_is_refused(toy):
    changed(toy, "import torch\n", "import torch\nfrom energy_loss import compute_energy_loss\n")
    with pytest.raises(Refused, match="already contains energy-loss edits"):
        plan(toy, PATCH_SET)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("pred[:, :, :3] - align_pos", "pred[:, :, :2] - align_pos", "not found"),
        ("losses_pos = torch.sum(losses_pos, dim=-1)", "losses_pos = losses_pos.sum(-1)", "below"),
        ("def get_sde_node_loss_fn", "def get_node_loss_fn", "symbol not found"),
        ("align_pos = turned(z_t, xh)", "target = align_pos = turned(z_t, xh)", None),
    ],
)
def test_another_error_is_refused_and_more_names_are_not(toy, old, new, reason):
    changed(toy, old, new)
    if reason is None:
        assert len(plan(toy, PATCH_SET).changes) == 2
        return
    with pytest.raises(Refused, match=reason):
        plan(toy, PATCH_SET)
