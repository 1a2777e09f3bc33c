"""ETFlow with the files of its page beside it, and QM7 where it looks for GEOM-QM9."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import checkouts
from .conftest import given, needs

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/upstreams/etflow.md").read_text()
SCRIPTS = ("write_data.py", "train_with_loss.py")
SMALL = {
    "batch_size: 64": "batch_size: 32",
    "hidden_channels: 64": "hidden_channels: 32",
    "num_layers: 4": "num_layers: 2",
    "n_timesteps: 20": "n_timesteps: 3",
}
NEEDS = ("torch_geometric", "lightning", "pytorch_lightning", "datamol", "loguru", "fsspec")


def blocks(language: str) -> list[str]:
    """The code of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Of the page, in order."""
    return re.findall(r"^\$ (.*)$", "".join(blocks("console")), re.MULTILINE)


def prepared(factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with the files of the page, its network small."""
    needs("ETFlow", *NEEDS)
    source = given("ELOSS_ETFLOW", "a checkout of ETFlow")
    place = checkouts.copied(source, factory.mktemp("etflow") / "ETFlow")
    for name, code in zip(SCRIPTS, blocks("python"), strict=True):
        (place / name).write_text(code)
    (settings,) = blocks("yaml")
    for written, small in SMALL.items():
        assert written in settings
        settings = settings.replace(written, small)
    (place / "first.yaml").write_text(settings)
    return place


def exported(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """The variables that the page exports; a stand-in where torch_cluster is not installed."""
    for command in commands():
        if command.startswith("export "):
            name, value = command.removeprefix("export ").split("=")
            monkeypatch.setenv(name, value.replace("$PWD", str(place)))
    if find_spec("torch_cluster") is None:
        monkeypatch.setenv("PYTHONPATH", f"{place}:{HERE / 'stand_ins_cluster'}")
