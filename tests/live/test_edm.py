"""The patched EDM and GDM beside the unpatched ones; needs ELOSS_EDM and ELOSS_QM7."""

from pathlib import Path

import pytest

from . import checkouts

pytestmark = pytest.mark.slow

SMALL = (
    *("--no_wandb", "--no-cuda", "--batch_size", "32", "--nf", "32", "--n_layers", "2"),
    *("--diffusion_steps", "100", "--lr", "3e-3", "--n_stability_samples", "10"),
    *("--visualize_every_batch", "100000000", "--n_report_steps", "1000000"),
)
EPOCHS = ("--n_epochs", "8", "--test_epochs", "8")
MODELS = [
    ("--model", model, "--data_augmentation", augmented)
    for model in ("egnn_dynamics", "gnn_dynamics")
    for augmented in ("False", "True")
]
STEPS = 100


def train(place: Path, checkout: Path, *flags: str) -> checkouts.Run:
    return checkouts.python(place, str(checkout / "main_qm9.py"), *SMALL, *EPOCHS, *flags)


@pytest.mark.parametrize("model", MODELS, ids=lambda flags: "-".join(flags[1::2]))
def test_it_trains_with_the_energy(edm_place, patched_edm, model):
    """Exit 0, a finite and falling loss, molecules sampled, NLL and energy logged."""
    done = train(edm_place, patched_edm, *model, "--loss-plugin", "energy")
    assert done.code == 0, done.err[-2000:]
    losses = done.series("Train Epoch NLL")
    assert len(losses) == 8
    assert sum(losses[-3:]) / 3 < losses[0]
    assert "Validity over 10 molecules" in done.out
    for name in ("Val loss ", "Val energy", "Test loss ", "Test energy"):
        assert 0 < abs(done.series(name)[0]) < float("inf")


@pytest.mark.parametrize("edges", ["sampled", "rigid,gram=0.1", "random-regular"])
def test_it_trains_on_sparse_edges(edm_place, patched_edm, edges):
    options = f"preset=tuned,edges={edges}"
    done = train(edm_place, patched_edm, "--loss-plugin", "energy", "--loss-options", options)
    assert done.code == 0, done.err[-2000:]
    losses = done.series("Train Epoch NLL")
    assert sum(losses[-3:]) / 3 < losses[0]


def traced_anew(place: Path, checkout: Path, *flags: str) -> str:
    """The trace of a first run: upstream keeps the data set's SMILES, and draws to make them."""
    for kept in place.glob("qm9/temp/*_smiles.pickle"):
        kept.unlink()
    return checkouts.traced(place, STEPS, checkout / "main_qm9.py", *flags)


@pytest.mark.parametrize("model", [MODELS[0], MODELS[3]], ids=["edm", "gdm-aug"])
def test_without_a_plugin_it_is_upstream_bit_for_bit(edm_place, edm, patched_edm, model):
    """Weights, losses and random numbers of 100 steps, with the sampling between them."""
    flags = (*SMALL, "--n_epochs", "100", "--test_epochs", "1000", *model)
    ours = (*flags, "--loss-plugin", "none")
    expected = traced_anew(edm_place, edm, *flags)
    assert traced_anew(edm_place, patched_edm, *ours) == expected
    assert expected.count("\n") == STEPS


# molecules of 40 atoms on average are sampled, so few of them, in few steps
GEOM = (
    *(*SMALL, "--n_epochs", "10", "--test_epochs", "10", "--batch_size", "8", "--nf", "16"),
    *("--n_layers", "1", "--diffusion_steps", "20", "--n_stability_samples", "2"),
)


def test_the_geom_script_trains_with_the_energy(geom_place, patched_edm):
    script = str(patched_edm / "main_geom_drugs.py")
    done = checkouts.python(geom_place, script, *GEOM, "--loss-plugin", "energy")
    assert done.code == 0, done.err[-2000:]
    losses = done.series("Train Epoch NLL")
    assert sum(losses[-3:]) / 3 < losses[0]
    assert done.series("Val energy")


def test_the_geom_script_without_a_plugin_is_upstream(geom_place, edm, patched_edm):
    found, expected = (
        checkouts.traced(geom_place, 0, checkout / "main_geom_drugs.py", *GEOM)
        for checkout in (patched_edm, edm)
    )
    assert found == expected


def test_revert_gives_every_byte_back(tmp_path, edm):
    copy = checkouts.copied(str(edm), tmp_path / "edm")
    before = checkouts.tree_hash(copy)
    assert checkouts.eloss(tmp_path, "patch", "apply", "edm", "edm").code == 0
    assert checkouts.tree_hash(copy) != before
    assert checkouts.eloss(tmp_path, "patch", "revert", "edm", "edm").code == 0
    assert checkouts.tree_hash(copy) == before


@pytest.mark.parametrize(
    ("flags", "code", "words"),
    [
        (("enrgy",), 2, "Did you mean `energy`"),
        (("energy", "--diffusion_loss_type", "vlb"), 2, "--diffusion_loss_type l2; got vlb"),
    ],
)
def test_a_wrong_flag_is_one_sentence(edm_place, patched_edm, flags, code, words):
    done = train(edm_place, patched_edm, "--loss-plugin", *flags)
    assert "Traceback" not in done.err
    assert words in done.err.splitlines()[-1]
    assert done.code == code
