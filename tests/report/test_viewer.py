"""The mathematics of the viewer, run by node where there is one."""

import json
import shutil
import subprocess

import pytest

from eloss_plugins.report.templates import asset

NODE = shutil.which("node")


def run(tmp_path, expression: str):
    if NODE is None:
        pytest.skip("node is not installed")
    file = tmp_path / "viewer.cjs"
    file.write_text(asset("viewer.js"), encoding="utf-8")
    program = (
        f"const v = require({json.dumps(str(file))}); console.log(JSON.stringify({expression}))"
    )
    return json.loads(subprocess.check_output([NODE, "-e", program], timeout=30))


def test_quarter_turn_to_the_right_brings_the_near_side_to_the_right(tmp_path):
    turned = run(tmp_path, "v.rotate(v.turn(Math.PI / 2, 0), [0, 0, 1])")
    assert turned == pytest.approx([1, 0, 0])


def test_drag_down_brings_the_near_side_down(tmp_path):
    turned = run(tmp_path, "v.rotate(v.turn(0, Math.PI / 2), [0, 0, 1])")
    assert turned == pytest.approx([0, -1, 0])


def test_turns_keep_lengths_and_handedness(tmp_path):
    matrix = run(tmp_path, "v.multiply(v.turn(0.3, -1.1), v.turn(2, 0.4))")
    a, b, c = matrix[:3], matrix[3:6], matrix[6:]
    assert sum(x * x for x in a) == pytest.approx(1)
    assert sum(x * y for x, y in zip(a, b, strict=True)) == pytest.approx(0)
    cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    assert cross == pytest.approx(c)


def test_nearer_atoms_are_drawn_larger_and_the_centre_in_the_middle(tmp_path):
    view = "{ width: 200, height: 100, radius: 2, zoom: 1 }"
    near, far, middle = run(
        tmp_path,
        f"[[0, 0, 1], [0, 0, -1], [0, 0, 0]].map((p) => v.project(v.identity(), p, {view}))",
    )
    assert near["scale"] > far["scale"]
    assert (middle["x"], middle["y"]) == (100, 50)


def test_molecule_fills_the_view_and_stays_inside(tmp_path):
    places = run(
        tmp_path,
        "[v.centred([[-3, 0, 0], [9, 0, 0]])].flatMap((b) => b.points.map((p) => v.project("
        "v.identity(), p, { width: 300, height: 300, radius: b.radius, zoom: 1 }).x))",
    )
    assert 0 < places[0] < 40
    assert 260 < places[1] < 300
    assert sum(places) == pytest.approx(300)


def test_scripts_are_short_and_self_contained():
    assert asset("viewer.js").count("\n") < 250
    assert not any(word in asset("viewer.js") for word in ("fetch(", "import ", "http", "eval("))
