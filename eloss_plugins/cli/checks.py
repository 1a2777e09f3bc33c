"""The checks of `eloss doctor`, each a function to one finding; none prints secrets."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

GOOD, REMARK, WRONG = "ok", "note", "wrong"
LEAST_PYTHON = (3, 11)
LEAST_DISK_GIGABYTES = 1.0
SINGLE_TOLERANCE = 1e-5  # relative; moved coordinates are rounded to float32
DOUBLE_TOLERANCE = 1e-12
GRADIENT_TOLERANCE = 1e-6  # relative


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: of the check.
        state: "ok", "note" (works without it) or "wrong".
        detail: a version, a figure, or what to do.
    """

    name: str
    state: str
    detail: str


def python() -> Finding:
    """The interpreter is new enough."""
    state = GOOD if sys.version_info >= LEAST_PYTHON else WRONG
    return Finding("python", state, f"{platform.python_version()} on {platform.system()}")


def torch() -> Finding:
    """PyTorch imports."""
    import torch

    return Finding("torch", GOOD, f"{torch.__version__}, {torch.get_num_threads()} threads")


def device() -> Finding:
    """What training runs on."""
    import torch

    if not torch.cuda.is_available():
        return Finding("device", REMARK, f"no GPU; {os.cpu_count()} CPU cores")
    facts = torch.cuda.get_device_properties(0)
    memory = facts.total_memory / 2**30
    count = torch.cuda.device_count()
    return Finding("device", GOOD, f"{count} x {facts.name}, {memory:.0f} GiB")


def _package(name: str, module: str) -> Callable[[], Finding]:
    def check() -> Finding:
        from importlib import import_module
        from importlib.metadata import version

        try:
            import_module(module)
        except ImportError as error:
            return Finding(name, WRONG, f"{error}. pip install {name}")
        return Finding(name, GOOD, version(name))

    check.__name__ = name  # what doctor calls a check that breaks
    return check


def _extra(name: str, extra: str, without: str) -> Callable[[], Finding]:
    """A package that an extra brings, and how things are without it."""

    def check() -> Finding:
        from importlib.metadata import PackageNotFoundError, version

        try:
            return Finding(name, GOOD, version(name))
        except PackageNotFoundError:
            detail = f"not installed; {without} (pip install 'eloss-plugins[{extra}]')"
            return Finding(name, REMARK, detail)

    check.__name__ = name
    return check


def plugins() -> Finding:
    """Every installed plugin loads."""
    from eloss_plugins.plugins import load

    loaded = load()
    broken = [missing for missing in loaded.not_loaded if missing.broken]
    if broken:
        return Finding("plugins", WRONG, "; ".join(f"{m.source}: {m.cause}" for m in broken))
    names = f"{len(loaded.losses.names())} losses, {len(loaded.stiffness.names())} stiffness laws"
    return Finding("plugins", GOOD, f"{len(loaded.plugins)} loaded: {names}")


def data() -> Finding:
    """The bundled molecules are there and can be read."""
    from eloss_plugins.data.load import load

    found = load("bundled")
    return Finding("data", GOOD, f"bundled: {len(found.molecules)} molecules")


def disk() -> Finding:
    """There is room for checkpoints here."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    state = GOOD if free >= LEAST_DISK_GIGABYTES else WRONG
    return Finding("disk", state, f"{free:.1f} GB free in the current folder")


def energy_is_invariant() -> Finding:
    """Turning and shifting a prediction does not change its energy loss."""
    import torch

    from eloss_plugins.cli.selftest import change_under_motion

    single, double = change_under_motion(torch.float32), change_under_motion(torch.float64)
    good = single <= SINGLE_TOLERANCE and double <= DOUBLE_TOLERANCE
    detail = f"changes by {single:.0e} under motions in float32, {double:.0e} in float64"
    return Finding("energy loss: invariance", GOOD if good else WRONG, detail)


def energy_gradient() -> Finding:
    """The gradient in float32 and float64 agree, and with finite differences."""
    from eloss_plugins.cli.selftest import gradient_errors

    single, finite = gradient_errors()
    good = single <= GRADIENT_TOLERANCE and finite <= GRADIENT_TOLERANCE
    detail = f"off by {single:.0e} in float32, {finite:.0e} from finite differences in float64"
    return Finding("energy loss: gradient", GOOD if good else WRONG, detail)


CHECKS: tuple[Callable[[], Finding], ...] = (
    python,
    torch,
    device,
    _package("rdkit", "rdkit.Chem"),
    _package("e3nn", "e3nn.o3"),
    _package("lightning-fabric", "lightning_fabric"),
    _extra("torch-scatter", "scatter", "torch's own sums are used"),
    _extra("numba", "fast", "graphs are built some forty times slower"),
    _extra("optuna", "sweep", "`eloss sweep` needs it"),
    _extra("pymatching", "spins", "ground states of spin glasses take longer"),
    plugins,
    data,
    disk,
    energy_is_invariant,
    energy_gradient,
)
