"""NumPy files without pickles: opened, or refused with the reason."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.readers.source import MAX_UNPACKED_BYTES, check_is_data
from eloss_plugins.errors import UsageError


def read_npz(path: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays `names` of an npz file.

    Raises:
        UsageError: no npz file, damaged, an array is missing or holds Python objects.
    """
    check_is_data(path)
    if not zipfile.is_zipfile(path):
        raise UsageError(
            f"{path}: expected an npz file; got another format, or a file that was cut short. "
            "Copy or download it again."
        )
    try:
        return _arrays(path, names)
    except UsageError:
        raise
    except Exception as cause:  # damaged bytes make NumPy and zipfile raise all sorts of errors
        raise _refusal(path, cause) from cause


def read_npy(path: Path) -> NDArray[Any]:
    """The array of an npy file, mapped and not loaded.

    Raises:
        UsageError: no npy file, damaged, or of Python objects.
    """
    check_is_data(path)
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as cause:  # as above
        raise _refusal(path, cause) from cause
    return array


def whole_numbers(path: Path, name: str, values: NDArray[Any]) -> NDArray[np.int64]:
    """`values` as int64.

    Raises:
        UsageError: some are no whole numbers.
    """
    if np.issubdtype(values.dtype, np.integer):
        return values.astype(np.int64)
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    if not np.array_equal(whole, values):
        raise UsageError(f"{path}: expected whole numbers in {name}; got others.")
    return whole


def _arrays(path: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise UsageError(f"{path}: unpacks to over {MAX_UNPACKED_BYTES >> 30} GiB.")
    with np.load(path, allow_pickle=False) as stored:
        missing = [name for name in names if name not in stored.files]
        if missing:
            raise UsageError(
                f"{path}: expected the arrays {', '.join(names)}; "
                f"got {', '.join(stored.files) or 'none'}."
            )
        return {name: stored[name] for name in names}


def _refusal(path: Path, cause: BaseException) -> UsageError:
    if "pickle" in str(cause):
        return UsageError(
            f"{path}: expected arrays of numbers; got Python objects, which are never loaded "
            "because they can run code. Save the arrays with a number dtype."
        )
    return UsageError(
        f"{path}: expected a whole NumPy file; got a cut or damaged one ({cause}). "
        "Copy or download it again."
    )
