"""EDM's patch set on a toy of the same shape: what the patched trainer does, and when it stops."""

import re

import pytest
from eloss_plugins.patches.edm import PATCH_SET

from eloss_plugins.errors import Refused
from eloss_plugins.patching.plan import plan

MOST_FILES, MOST_LINES = 4, 40
NUMBERS = ("step", "NLL", "weights")


def test_footprint_is_small():
    assert len(PATCH_SET.files) <= MOST_FILES
    assert sum(len(edit.lines) for edit in PATCH_SET.edits) <= MOST_LINES


def test_the_script_for_geom_may_be_missing(toy):
    planned = plan(toy, PATCH_SET)
    assert "main_geom_drugs.py" not in [change.path for change in planned.changes]
    assert len(planned.changes) == 3


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
    ("flags", "code", "sentence"),
    [
        (("enrgy",), 2, "Unknown loss `enrgy`.*Did you mean `energy`"),
        (("energy", "--loss-options", "k=3"), 2, "Unknown option `k`"),
        (("energy", "--loss-options", "weight=heavy"), 2, "weight"),
        (("energy", "--loss-options", "weight=nan"), 2, "weight"),
        (("energy", "--loss-options", "weight=0,03"), 2, "did you mean `weight=0.03`"),
        (("__import__('os').getcwd()",), 2, "Unknown loss"),
        (("energy", "--diffusion_loss_type", "vlb"), 2, "--diffusion_loss_type l2; got vlb"),
        (("energy", "--unit", "0.529"), 2, "in angstrom.*got 2.06, which looks like bohr"),
    ],
)
def test_what_is_the_users_to_mend_is_one_sentence(patched, run, flags, code, sentence):
    done = run(patched, "--loss-plugin", *flags)
    assert done.code == code
    assert re.fullmatch(f"eloss: .*{sentence}.*\n", done.err)


def test_nothing_is_made_before_the_loss_is_known(patched, run):
    run(patched, "--loss-plugin", "enrgy")
    assert not (patched / "outputs").exists()


def test_other_units_train_when_they_are_said_to_be_right(patched, run, monkeypatch):
    monkeypatch.setenv("ELOSS_ANY_UNIT", "1")
    assert run(patched, "--loss-plugin", "energy", "--unit", "0.1").code == 0


def test_settings_are_printed_once(patched, run):
    out = run(patched, "--model", "gnn_dynamics", "--loss-plugin", "energy").out
    assert out.count("eloss: energy (eloss-plugins:builtin") == 1
    assert "trains gdm, preset tuned" in out
    assert out.count("stiffness.prefactor=42.0") == 1
    assert "--lr 0.0004; this one has 0.001" in out


def test_it_trains_with_the_energy(toy, patched, run):
    with_energy, upstream = run(patched, "--loss-plugin", "energy"), run(toy)
    assert with_energy.lines("finite") == ["finite True"]
    assert with_energy.lines("step") != upstream.lines("step")


def test_the_likelihood_is_upstreams_for_the_same_weights(toy, patched, run):
    untrained = ("--lr", "0", "--n_epochs", "1")
    ours = run(patched, "--loss-plugin", "energy", *untrained)
    assert ours.lines("NLL", "weights") == run(toy, *untrained).lines("NLL", "weights")


def test_the_energy_is_logged_beside_the_likelihood(patched, run):
    done = run(patched, "--loss-plugin", "energy", "--n_epochs", "1")
    (likelihood,), (energy,) = done.lines("logged {'Val NLL'"), done.lines("logged {'Val energy'")
    shown = float(done.lines("eloss: Val energy:")[0].split()[-1])
    assert float(energy.split()[-1].rstrip("}")) == pytest.approx(shown, abs=1e-4)
    assert likelihood


def test_resuming_goes_on_with_the_loss_of_the_run(patched, run):
    run(patched, "--loss-plugin", "energy", "--loss-options", "weight=0.3")
    names = run(patched, "--resume", "outputs/toy").names
    assert names["model"].position_loss.bound.settings["weight"] == 0.3


def test_flags_outlive_resuming(patched, run):
    run(patched)
    done = run(patched, "--resume", "outputs/toy", "--loss-plugin", "energy")
    assert done.names["args"].loss_plugin == "energy"
    assert done.lines("eloss: Val energy")
    again = run(patched, "--resume", "outputs/toy", "--loss-plugin", "none")
    assert not again.lines("eloss: Val energy")


def test_another_loss_on_resuming_takes_none_of_the_options(patched, run):
    run(patched, "--loss-plugin", "energy", "--loss-options", "weight=0.3")
    done = run(patched, "--resume", "outputs/toy", "--loss-plugin", "mse")
    assert done.names["model"].position_loss.bound.settings["weight"] == 1.0


def test_options_without_a_loss_are_a_wrong_flag(patched, run):
    done = run(patched, "--loss-options", "weight=0.3")
    assert done.code == 2
    assert done.err.endswith("error: options of no --loss-plugin\n")


def test_a_nan_step_is_left_out_and_clipping_goes_on(patched, run):
    done = run(patched, "--loss-plugin", "energy", "--clip_grad", "--nan_at", "1")
    assert done.lines("finite") == ["finite True"]
    assert len(done.lines("step")) == 9
    assert done.lines("eloss: left out") == [
        "eloss: left out a step with a loss that is not finite; 1 so far"
    ]


def test_upstream_itself_is_broken_for_good_by_a_nan(patched, run):
    done = run(patched, "--clip_grad", "--nan_at", "1")
    assert done.lines("step")[-1] == "step nan"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n\nclass EnLatentDiffusion(EnVariationalDiffusion):\n    pass\n", "latent space"),
        (
            "\n    def get_energy_coeffs(self):\n        pass\n",
            "already contains energy-loss edits",
        ),
    ],
)
def test_other_models_of_the_same_shape_are_refused(toy, text, reason):
    file = toy / "equivariant_diffusion" / "en_diffusion.py"
    file.write_text(file.read_text() + text)
    with pytest.raises(Refused, match=reason):
        plan(toy, PATCH_SET)


def test_a_loss_with_several_errors_is_refused(toy):
    file = toy / "equivariant_diffusion" / "en_diffusion.py"
    whole = "        error = self.compute_error(net_out, gamma_t, eps)\n"
    half = (
        "        if t0_always:\n            error = self.compute_error(net_out[:2], gamma_t, eps)\n"
    )
    file.write_text(file.read_text().replace(whole, half + whole))
    with pytest.raises(Refused, match="ambiguous"):
        plan(toy, PATCH_SET)


def test_an_error_of_another_prediction_is_refused(toy):
    file = toy / "equivariant_diffusion" / "en_diffusion.py"
    text = file.read_text().replace("compute_error(net_out,", "compute_error(net_out[:2],")
    file.write_text(text)
    with pytest.raises(Refused, match="compute_error"):
        plan(toy, PATCH_SET)
