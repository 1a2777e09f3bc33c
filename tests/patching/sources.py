"""A small upstream of our own making, and a patch set for it."""

from dataclasses import replace
from pathlib import Path

from eloss_plugins.patching.patch_set import Anchor, Edit, Guard, PatchSet, Sign

MODEL = '''"""Shapes point clouds."""
import math

import helpers.tools as tools


class Base:
    def net(self, points):
        return [math.tanh(point) for point in points]


class Shaper(Base):
    def __init__(self, width=3):
        super().__init__()
        self.width = width

    def misfit(self, output, level, noise):
        return sum(output) * level - sum(noise)

    def penalty(self, points, level):
        """How far off."""
        noise = tools.draw(points)
        output = self.net(points + noise)

        # Compare.
        gap = self.misfit(output, level, noise)

        if self.width > 2:
            gap = gap * 2
        return gap

    def other(self, output, level, noise):
        gap = self.misfit(output, level, noise)
        return gap


def make_step(scale):
    def step(model, points):
        total = model.penalty(points, 1.0)
        total = total * scale
        total = max(total, 0.0)
        return total

    return step
'''

SCRIPT = """import argparse

from model.shaper import Shaper

parser = argparse.ArgumentParser()
parser.add_argument('--width', type=int,
                    default=3)
args = parser.parse_args()
print(Shaper(args.width))
"""

MODEL_PATH = "model/shaper.py"
SCRIPT_PATH = "run.py"
FILES = {MODEL_PATH: MODEL.encode(), SCRIPT_PATH: SCRIPT.encode()}

GAP = Anchor("assign", "Shaper.penalty", assigns="gap", calls="misfit", arguments=("output",))
PARSE = Anchor("assign", assigns="args", calls="parser.parse_args")
TOTAL = Anchor(
    "assign",
    "make_step.step",
    assigns="total",
    calls="max",
    below=Anchor("assign", assigns="total", calls="penalty"),
)

GAP_EDIT = Edit(
    MODEL_PATH,
    GAP,
    "after",
    ("if self.width:", "    gap = gap + 0 * sum(noise)", "else:", "    gap = -gap"),
)
TOTAL_EDIT = Edit(MODEL_PATH, TOTAL, "after", ("total = total + len(points)",))
PARSE_EDIT = Edit(SCRIPT_PATH, PARSE, "before", ('parser.add_argument("--loss-plugin")',))

SHAPER = PatchSet(
    name="shaper",
    title="Shaper",
    homepage="https://example.org/shaper",
    licence="MIT",
    commit="a" * 40,
    tested=("b" * 40,),
    version=1,
    signs=(Sign(MODEL_PATH, "Shaper.penalty"), Sign(SCRIPT_PATH)),
    guards=(Guard("this is a latent model", "model/*.py", symbol="LatentShaper"),),
    edits=(GAP_EDIT, TOTAL_EDIT, PARSE_EDIT),
    next_command="python run.py --loss-plugin energy",
)


def set_of(*edits: Edit) -> PatchSet:
    """The patch set with other edits."""
    return replace(SHAPER, edits=edits)


def write(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    """Write a checkout."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder
