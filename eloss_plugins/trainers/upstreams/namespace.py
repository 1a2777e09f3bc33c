"""Reading upstream's `args.pickle` without running what a pickle may ask to run.

Such a file holds an `argparse.Namespace`; its values may be numpy numbers or arrays. Only the
few names that those need are resolved, each by a table, so that a name that merely looks alike
(an attribute of numpy, say) is never looked up.
"""

import argparse
import io
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from eloss_plugins.errors import Refused

MAX_BYTES = 1 << 20  # upstream's files have about a thousand


def _bytes_of(text: str, encoding: str = "latin1") -> bytes:
    """Stands for `_codecs.encode`, by which old pickles spell the bytes of an array."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"encoding {encoding!r}")
    return text.encode("latin1")


def _empty_array(_kind: object, _shape: object, _code: object) -> np.ndarray:
    """Stands for numpy's `_reconstruct`: an empty array, whose state follows."""
    return np.zeros(0)


def _scalar(dtype: np.dtype, data: bytes) -> object:
    """Stands for numpy's `scalar`: one number from its bytes."""
    if dtype.hasobject:
        raise pickle.UnpicklingError("a numpy scalar that holds a Python object")
    return np.frombuffer(data, dtype=dtype, count=1)[0]


def _from_buffer(data: bytes, dtype: np.dtype, shape: tuple[int, ...], order: str) -> np.ndarray:
    """Stands for numpy's `_frombuffer`, by which pickles of protocol 5 spell arrays."""
    if dtype.hasobject:
        raise pickle.UnpicklingError("a numpy array of Python objects")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if order == "F" else "C")


def _dtype(code: str, *_copy: object) -> np.dtype:
    return np.dtype(str(code))


_NUMPY = ("numpy.core", "numpy._core")  # before and since numpy 2
_FUNCTIONS: dict[tuple[str, str], Callable[..., object]] = {
    ("_codecs", "encode"): _bytes_of,
    ("numpy", "ndarray"): _empty_array,
    ("numpy", "dtype"): _dtype,
    **{(f"{home}.multiarray", "_reconstruct"): _empty_array for home in _NUMPY},
    **{(f"{home}.multiarray", "scalar"): _scalar for home in _NUMPY},
    **{(f"{home}.numeric", "_frombuffer"): _from_buffer for home in _NUMPY},
}


class _Reader(pickle.Unpickler):
    """Resolves names to throw-away objects: a pickle may also set attributes of what it names."""

    def find_class(self, module: str, name: str) -> Callable[..., object]:
        if (module, name) == ("argparse", "Namespace"):
            return type("Namespace", (argparse.Namespace,), {})
        if (module, name) not in _FUNCTIONS:
            raise Refused(f"it asks for `{module}.{name}`")
        return partial(_FUNCTIONS[module, name])

    def persistent_load(self, pid: object) -> object:
        raise Refused(f"it asks for the outside object {pid!r}")


def read_namespace(path: Path) -> argparse.Namespace:
    """The namespace in upstream's `args.pickle`.

    Raises:
        Refused: the file is no such pickle, is damaged, or asks for anything but a namespace of
            plain values and numpy numbers; nothing it asked for was run.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise Refused(f"{path} has {len(data)} bytes, too many for upstream's args.pickle")
    try:
        found = _Reader(io.BytesIO(data)).load()
    except Refused as error:
        raise Refused(
            f"{path} was not loaded: {error}, and only argparse.Namespace and numpy numbers are"
            " allowed; give the model's sizes by hand instead"
        ) from None
    except Exception as error:  # a damaged pickle raises nearly anything
        raise Refused(f"{path} is not a readable pickle of arguments ({error})") from error
    if not isinstance(found, argparse.Namespace):
        raise Refused(f"{path} holds a {type(found).__name__}; expected an argparse.Namespace")
    return argparse.Namespace(**vars(found))
