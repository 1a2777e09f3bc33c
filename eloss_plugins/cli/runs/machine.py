"""What runs were made on and with."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version


def machine() -> dict[str, str]:
    """System, Python, cores and device."""
    import torch

    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "CPU"
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": str(os.cpu_count()),
        "device": device,
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of installed packages, by name."""
    return {name: version(name) for name in packages}
