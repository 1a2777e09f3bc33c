"""JODO's checkpoints: sizes from shapes, averages, refusals, and the way back."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.trainers import jodo
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.network.dgt import Dgt
from eloss_plugins.trainers.upstreams import jodo_sizes
from eloss_plugins.trainers.upstreams.jodo import JODO
from eloss_plugins.trainers.upstreams.upstream import Trained, Wanted

TINY = JodoConfig(layers=2, features=16, heads=4)
GEOM = len(jodo_sizes.GEOM)
VARIANTS = [
    (TINY, 5),
    (replace(TINY, layers=3, features=32, heads=8, mlp_ratio=4), 5),
    (replace(TINY, bond_channels=3, spatial_cutoff=3.0, charge_range=(-2.0, 3.0)), GEOM),
    (replace(TINY, distance_basis=False), 5),
    (replace(TINY, condition_time=False), 5),
    (replace(TINY, include_formal_charges=False), 5),
]


def network(config: JodoConfig = TINY, elements: int = 5, seed: int = 0) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    return dict(Dgt(config, elements).state_dict())


def saved(path: Path, latest: Mapping[str, Tensor], averaged: list[Tensor], **changes) -> Path:
    """A file as upstream's training leaves it: its learning rate is a number of numpy's."""
    whole = {
        "optimizer": {"state": {}, "param_groups": [{"lr": np.float64(1e-3), "params": [0]}]},
        "model": {f"module.{name}": value for name, value in latest.items()},
        "ema": {"decay": 0.999, "num_updates": 7, "shadow_params": averaged},
        "step": 7,
    }
    torch.save({name: v for name, v in (whole | changes).items() if v is not None}, path)
    return path


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "checkpoint_1.pth"


def read(path: Path, averaged: bool = True, **settings: str) -> Trained:
    return JODO.read(path, Wanted(averaged, settings))


def weights(found: Trained) -> dict[str, Tensor]:
    return found.model.dynamics.state_dict()


@pytest.mark.parametrize(("config", "elements"), VARIANTS)
def test_sizes_come_from_the_weights(path, config, elements):
    state = network(config, elements)
    found = read(saved(path, state, list(state.values())), heads=str(config.heads))
    assert (found.config, len(found.elements), found.step) == (config, elements, 7)


def test_averaged_weights_are_taken_unless_the_latest_are_asked_for(path):
    latest, averaged = network(seed=1), network(seed=2)
    saved(path, latest, list(averaged.values()))
    for expected, wanted in ((averaged, True), (latest, False)):
        found = weights(read(path, wanted))
        assert found.keys() == expected.keys()
        assert all(torch.equal(value, expected[name]) for name, value in found.items())


def test_weights_of_the_papers_network_leave_the_number_of_heads_open():
    with torch.device("meta"):
        state = Dgt(JodoConfig(layers=1), 5).state_dict()
    assert jodo_sizes.heads_of(state, 2) == [8, 16, 128]
    assert jodo_sizes.chosen_heads([8, 16], 16, None) == 16
    assert jodo_sizes.chosen_heads([8, 16], 16, "8") == 8


@pytest.mark.parametrize("asked", ["4", "many"])
def test_heads_that_the_weights_cannot_have_are_refused(asked):
    with pytest.raises(UsageError, match="8, 16 heads; got heads="):
        jodo_sizes.chosen_heads([8, 16], 16, asked)


def test_heads_that_nobody_says_are_asked_for():
    with pytest.raises(Refused, match="--model-options heads=N"):
        jodo_sizes.chosen_heads([3, 5], 16, None)


def test_what_the_file_does_not_say_is_told(path):
    state = network()
    (assumed,) = (r for r in read(saved(path, state, [*state.values()])).remarks if "preset" in r)
    assert "paper-qm9" in assumed
    assert "spatial_cutoff 2.0" in assumed
    assert "norm_values 1/4/4/1" in assumed


def test_settings_fill_in_what_the_file_does_not_say(path):
    state = network()
    found = read(saved(path, state, [*state.values()]), preset="paper-geom", schedule="linear")
    assert (found.config.spatial_cutoff, found.config.schedule) == (3.0, "linear")


def test_settings_that_the_weights_contradict_are_refused(path):
    state = network()
    with pytest.raises(UsageError, match="`layers` is 2 in the checkpoint; got 3"):
        read(saved(path, state, [*state.values()]), layers="3")


@pytest.mark.parametrize("key", ["model", "ema", "step"])
def test_a_file_without_one_of_upstreams_keys_is_refused(path, key):
    state = network()
    with pytest.raises(Refused, match="expected a dict with model, ema, step; got"):
        read(saved(path, state, [*state.values()], **{key: None}))


def test_averages_that_do_not_go_with_the_weights_are_refused(path):
    state = network()
    for averaged in (list(state.values())[1:], [*state.values()][::-1], [3, *state.values()]):
        with pytest.raises(Refused, match="averaged weights that are not one for each"):
            read(saved(path, state, averaged))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cond_mlp.0.weight": torch.zeros(1)}, "conditioned on properties"),
        ({"e_block_0.equi_update.coord_mlp.2.weight": None}, "it has no `e_block_0.equi_update"),
        ({"dist_layer.time_mlp.1.weight": None}, "do not see the noise level"),
        ({"node_emb.weight": torch.zeros(16, 18)}, "9 numbers an atom"),
        ({"e_block_1.edge_emb.bias": None}, r"1 missing: dynamics\.e_block_1\.edge_emb\.bias"),
        ({"e_block_1.edge_emb.bias": torch.zeros(9)}, r"expected \(4,\), got \(9,\)"),
        ({"extra": torch.zeros(1)}, r"1 unexpected: dynamics\.extra"),
        ({"node_emb.bias": torch.full((16,), torch.nan)}, r"not finite: dynamics\.node_emb\.bias"),
    ],
)
def test_other_networks_are_refused_by_what_they_are(path, change, message):
    state = {name: v for name, v in (network() | change).items() if v is not None}
    with pytest.raises(Refused, match=message):
        read(saved(path, state, [*state.values()]))


def test_a_flat_network_is_refused(path):
    state = {name: v for name, v in network().items() if "equi_update" not in name}
    with pytest.raises(Refused, match="no positions"):
        read(saved(path, state, [*state.values()]))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull")],
)
def test_files_that_are_no_checkpoint_are_named(path, content, message):
    path.write_bytes(content)
    with pytest.raises(Refused, match=message):
        read(path)


class Runs:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return open, (str(self.place), "w")


def test_a_checkpoint_that_holds_code_is_refused_unrun(path, tmp_path):
    state = network()
    with pytest.raises(Refused, match="more than tensors"):
        read(saved(path, state, [*state.values()], optimizer=Runs(tmp_path / "run")))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("tenth", range(1, 10))
def test_truncated_files_are_refused(path, tenth):
    state = network()
    whole = saved(path, state, [*state.values()]).read_bytes()
    path.write_bytes(whole[: len(whole) * tenth // 10])
    with pytest.raises(Refused):
        read(path)


@pytest.mark.parametrize("place", ["mine.pth", "work"])
def test_a_model_exported_and_imported_is_the_same(tmp_path, place):
    torch.manual_seed(3)
    model = jodo.SPEC.build(TINY, jodo_sizes.QM9)
    written = JODO.write(tmp_path / place, Trained(jodo.SPEC, TINY, jodo_sizes.QM9, model, 5))
    found = read(written.files[0], heads="4")
    assert (found.config, found.elements, found.step) == (TINY, jodo_sizes.QM9, 5)
    assert all(torch.equal(v, found.model.state_dict()[k]) for k, v in model.state_dict().items())
    assert "--config.model.nf=16" in written.remarks[0]
    assert JODO.recognises(written.files[0])


@pytest.mark.parametrize(
    ("config", "elements", "message"),
    [
        (TINY, (1, 6, 8), "no data set with the elements"),
        (replace(TINY, norm_values=(1.5, 4.0, 4.0, 1.0)), jodo_sizes.QM9, "whole numbers"),
    ],
)
def test_what_upstream_has_not_is_refused_on_export(tmp_path, config, elements, message):
    model = jodo.SPEC.build(config, elements)
    with pytest.raises(Refused, match=message):
        JODO.write(tmp_path / "x.pth", Trained(jodo.SPEC, config, elements, model))
    assert not (tmp_path / "x.pth").exists()
