import pickle

import numpy as np
import pytest
import torch
from toy_batches import toy_model

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.upstreams.weights import load_state, read_state


@pytest.fixture
def path(tmp_path):
    return tmp_path / "generative_model.npy"


def state() -> dict[str, torch.Tensor]:
    return toy_model(seed=1).state_dict()


def test_saved_weights_come_back(path):
    torch.save(state(), path)
    model = toy_model(seed=2)
    load_state(model, read_state(path))
    assert all(torch.equal(value, state()[name]) for name, value in model.state_dict().items())


def test_data_parallels_prefix_is_dropped(path):
    torch.save({f"module.{name}": value for name, value in state().items()}, path)
    assert read_state(path).keys() == state().keys()


def test_missing_and_unexpected_names_are_listed_and_counted():
    given = {f"x{i:02}": torch.zeros(1) for i in range(13)}
    with pytest.raises(Refused, match=r"13 unexpected: x00, .*x09 and 3 more") as caught:
        load_state(toy_model(), given)
    assert f"{len(state())} missing: buffer" in str(caught.value)


def test_other_shapes_are_named_with_both():
    given = {**state(), "buffer": torch.zeros(2)}
    with pytest.raises(Refused, match=r"buffer \(expected \(1,\), got \(2,\)\)"):
        load_state(toy_model(), given)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused_and_none_is_loaded(value):
    given = {name: weight.clone() for name, weight in state().items()}
    given["dynamics.egnn.embedding.weight"][0, 0] = value
    model = toy_model(seed=2)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    with pytest.raises(Refused, match=r"1 not finite: dynamics\.egnn\.embedding\.weight"):
        load_state(model, given)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>404</html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"\x93NUMPY\x01\x00", "numpy array"),
        (b"anything else at all, no checkpoint", "damaged or"),
    ],
)
def test_files_that_are_no_checkpoint_are_named_as_what_they_are(path, content, message):
    path.write_bytes(content)
    with pytest.raises(Refused, match=message):
        read_state(path)


def test_folders_and_missing_files_are_named(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere.npy"):
        with pytest.raises(Refused, match="not a file"):
            read_state(place)


class Runs:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return open, (str(self.place), "w")


@pytest.mark.parametrize("legacy", [False, True])
def test_a_checkpoint_that_holds_code_is_refused_unrun(path, tmp_path, legacy):
    torch.save({"x": Runs(tmp_path / "run")}, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(Refused, match="more than tensors"):
        read_state(path)
    assert not (tmp_path / "run").exists()


def test_a_plain_pickle_that_holds_code_is_refused_unrun(path, tmp_path):
    path.write_bytes(pickle.dumps(Runs(tmp_path / "run")))
    with pytest.raises(Refused):
        read_state(path)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [torch.zeros(2), {"epoch": 3}, [torch.zeros(1)]])
def test_a_file_without_a_state_dict_is_refused(path, content):
    torch.save(content, path)
    with pytest.raises(Refused, match="no state dict"):
        read_state(path)


@pytest.mark.parametrize("tenth", range(1, 10))
def test_truncated_checkpoints_are_refused(path, tenth):
    torch.save(state(), path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * tenth // 10])
    with pytest.raises(Refused):
        read_state(path)


def test_an_npz_of_arrays_is_refused(path):
    with path.open("wb") as stream:
        np.savez(stream, a=np.zeros(3))
    with pytest.raises(Refused):
        read_state(path)
