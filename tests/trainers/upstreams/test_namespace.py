"""Nothing that a pickle asks for is run; what upstream writes is read."""

import argparse
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.upstreams.namespace import MAX_BYTES, read_namespace

VALUES = {"nf": 256, "normalize_factors": [1, 4, 10], "dataset": "qm9", "resume": None, "lr": 1e-4}


class Calls:
    """Pickles as a call of `function`."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def written(tmp_path, value, protocol=4):
    path = tmp_path / "args.pickle"
    path.write_bytes(value if isinstance(value, bytes) else pickle.dumps(value, protocol))
    return path


def marker(tmp_path):
    return tmp_path / "run"


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_namespace_of_plain_values_is_read(tmp_path, protocol):
    path = written(tmp_path, argparse.Namespace(**VALUES), protocol)
    assert vars(read_namespace(path)) == VALUES


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_numpy_numbers_and_arrays_are_read(tmp_path, protocol):
    values = {"lr": np.float64(0.5), "steps": np.int32(7), "factors": np.array([1.0, 4.0])}
    found = read_namespace(written(tmp_path, argparse.Namespace(**values), protocol))
    assert (found.lr, found.steps, found.factors.tolist()) == (0.5, 7, [1.0, 4.0])


@pytest.mark.parametrize("module", [b"numpy.core.multiarray", b"numpy._core.multiarray"])
def test_both_homes_of_numpys_scalars_are_known(tmp_path, module):
    dumped = pickle.dumps(argparse.Namespace(lr=np.float64(0.5)), 2)
    home = b"cnumpy._core.multiarray\n" if b"_core" in dumped else b"cnumpy.core.multiarray\n"
    path = written(tmp_path, dumped.replace(home, b"c" + module + b"\n"))
    assert read_namespace(path).lr == 0.5


@pytest.mark.parametrize(
    "hostile",
    [
        lambda run: Calls(eval, f"open({str(run)!r}, 'w')"),
        lambda run: Calls(exec, f"open({str(run)!r}, 'w')"),
        lambda run: Calls(open, str(run), "w"),
        lambda run: argparse.Namespace(**VALUES, inner=[{"deep": Calls(open, str(run), "w")}]),
        lambda run: Calls(getattr, Calls(__import__, "os"), "getcwd"),
        lambda run: Calls(np.load, str(run)),
        lambda run: f"cos\nsystem\n(S'touch {run}'\ntR.".encode(),
        lambda run: f"cposix\nsystem\n(S'touch {run}'\ntR.".encode(),
        lambda run: f"cargparse\n_sys.modules\n(S'{run}'\ntR.".encode(),
        lambda run: b"\x80\x04\x8c\x08argparse\x8c\x0d_sys.settrace\x93.",
        lambda run: b"P1\n.",
    ],
)
def test_hostile_pickles_are_refused_and_run_nothing(tmp_path, hostile):
    run = marker(tmp_path)
    with pytest.raises(Refused, match="args.pickle"):
        read_namespace(written(tmp_path, hostile(run)))
    assert not run.exists()


def test_the_message_names_what_was_asked_for(tmp_path):
    with pytest.raises(Refused, match=r"builtins\.eval"):
        read_namespace(written(tmp_path, Calls(eval, "1")))


def test_a_pickle_cannot_change_the_class_that_it_names(tmp_path):
    """BUILD with a slot state sets attributes of a class; only a throw-away one is reached."""
    attack = b"\x80\x04\x8c\x08argparse\x8c\x09Namespace\x93N}\x8c\x06hacked\x8c\x01xs\x86b."
    with pytest.raises(Refused):
        read_namespace(written(tmp_path, attack))
    assert not hasattr(argparse.Namespace, "hacked")


@pytest.mark.parametrize("value", [{"nf": 3}, [1], "text", None])
def test_other_contents_are_named(tmp_path, value):
    with pytest.raises(Refused, match=type(value).__name__):
        read_namespace(written(tmp_path, value))


@pytest.mark.parametrize("tenth", range(10))
def test_truncated_pickles_are_refused(tmp_path, tenth):
    whole = pickle.dumps(argparse.Namespace(**VALUES), 4)
    with pytest.raises(Refused):
        read_namespace(written(tmp_path, whole[: len(whole) * tenth // 10]))


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    with pytest.raises(Refused, match="too many"):
        read_namespace(written(tmp_path, b"." * (MAX_BYTES + 1)))


@settings(max_examples=100, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1))
def test_garbled_pickles_are_read_or_refused_never_worse(tmp_path_factory, flips):
    data = bytearray(pickle.dumps(argparse.Namespace(**VALUES), 4))
    for place, value in flips:
        data[place % len(data)] = value
    path = written(tmp_path_factory.mktemp("garbled"), bytes(data))
    try:
        found = read_namespace(path)
    except Refused:
        return
    assert type(found) is argparse.Namespace
