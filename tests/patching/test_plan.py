import ast
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
from eloss_plugins.patching.patch_set import Anchor, Edit, Guard
from eloss_plugins.patching.plan import Plan, plan
from eloss_plugins.patching.removal import without
from tests.patching.sources import (
    FILES,
    GAP,
    GAP_EDIT,
    MODEL,
    MODEL_PATH,
    PARSE_EDIT,
    SCRIPT,
    SCRIPT_PATH,
    SHAPER,
    TOTAL_EDIT,
    set_of,
    write,
)

CALL = "gap = self.misfit(output, level, noise)\n\n"
HEAD = "def penalty(self, points, level):\n"
HARMLESS = {
    "docstring": (HEAD, HEAD + "        'x'\n"),
    "type hints": (HEAD, "def penalty(self, points: list, level=1) -> list:\n"),
    "annotated target": (CALL, "gap: list = self.misfit(output, level, noise)\n\n"),
    "decorator": ("    def penalty", "    @property\n    def penalty"),
    "comment": ("# Compare.", "# Compare them."),
    "more imports": ("import math\n", "import math\nimport os, sys\n"),
    "later arguments": (CALL, "gap = self.misfit(output)\n\n"),
    "line breaks": (CALL, "gap = self.misfit(\n  output,\n level)\n\n"),
    "code in the function": ("        # Compare.", "        output = output[:3]"),
    "another base": ("class Shaper(Base)", "class Shaper(Base, metaclass=type)"),
}


@pytest.fixture
def checkout(tmp_path):
    return write(tmp_path / "checkout")


def refusal(checkout, patch_set=SHAPER) -> str:
    before = {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()}
    with pytest.raises(Refused) as caught:
        plan(checkout, patch_set)
    assert {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()} == before
    return str(caught.value)


def replace_in(checkout, path, old, new):
    data = (checkout / path).read_bytes()
    assert old.encode() in data
    (checkout / path).write_bytes(data.replace(old.encode(), new.encode()))


def apply(checkout, made: Plan) -> None:
    for change in made.changes:
        (checkout / change.path).write_bytes(change.after)


def test_plan_holds_both_sides_of_every_file(checkout):
    made = plan(checkout, SHAPER)
    assert [change.path for change in made.changes] == [MODEL_PATH, SCRIPT_PATH]
    assert {change.path: change.before for change in made.changes} == FILES
    assert all(change.after.count(b"# eloss") in (5, 1) for change in made.changes)


def test_planning_writes_nothing(checkout):
    plan(checkout, SHAPER)
    assert {p.relative_to(checkout).as_posix() for p in checkout.rglob("*.*")} == {*FILES}
    assert (checkout / MODEL_PATH).read_bytes() == FILES[MODEL_PATH]


def test_second_plan_changes_nothing(checkout):
    apply(checkout, plan(checkout, SHAPER))
    again = plan(checkout, SHAPER)
    assert again.changes == ()
    assert again.notes == ("shaper is applied already; nothing to do",)


def test_patched_code_does_what_our_lines_say(checkout):
    after = {change.path: change.after for change in plan(checkout, SHAPER).changes}
    tools = "class tools:\n    draw = staticmethod(lambda points: [0.0] * len(points))\n"
    code = after[MODEL_PATH].decode().replace("import helpers.tools as tools", tools)
    space: dict = {}
    exec(compile(code, "shaper", "exec"), space)
    step, points = space["make_step"](2.0), [0.5, 1.0]
    plain: dict = {}
    exec(MODEL.replace("import helpers.tools as tools", tools), plain)
    expected = plain["make_step"](2.0)(plain["Shaper"](), points) + len(points)
    assert step(space["Shaper"](), points) == expected


def test_half_applied_checkout_gets_the_other_file(checkout):
    (checkout / SCRIPT_PATH).write_bytes(plan(checkout, SHAPER).changes[1].after)
    assert [change.path for change in plan(checkout, SHAPER).changes] == [MODEL_PATH]


def test_half_patched_file_is_refused(checkout):
    apply(checkout, plan(checkout, SHAPER))
    replace_in(checkout, MODEL_PATH, "total = total + len(points)  # eloss", "pass")
    assert "-total = total + len(points)  # eloss" in refusal(checkout)


def test_other_lines_at_the_same_place_are_refused(checkout):
    apply(checkout, plan(checkout, SHAPER))
    other = set_of(replace(GAP_EDIT, lines=("gap = gap * 1",)))
    assert "lines marked by eloss stand there already" in refusal(checkout, other)


def test_two_patch_sets_share_a_file_and_leave_each_other_alone(checkout):
    other = replace(set_of(TOTAL_EDIT), name="other")
    one = set_of(GAP_EDIT)
    apply(checkout, plan(checkout, one))
    apply(checkout, plan(checkout, other))
    assert plan(checkout, one).changes == plan(checkout, other).changes == ()
    both = (checkout / MODEL_PATH).read_bytes()
    only_other = without(MODEL_PATH, both, one.edits)
    assert only_other == plan(checkout, other, FILES).changes[0].after
    assert without(MODEL_PATH, only_other, other.edits) == FILES[MODEL_PATH]


def test_contents_are_taken_instead_of_the_disk(checkout):
    newer = {SCRIPT_PATH: b"# newer\n" + FILES[SCRIPT_PATH]}
    assert plan(checkout, SHAPER, newer).changes[1].before == newer[SCRIPT_PATH]


def test_all_failing_anchors_are_listed_with_place_and_next_step(checkout):
    replace_in(checkout, MODEL_PATH, "def penalty", "def punish")
    replace_in(checkout, MODEL_PATH, "total = model", "sum_ = model")
    replace_in(checkout, SCRIPT_PATH, "parse_args()", "parse_known_args()[0]")
    said = refusal(checkout)
    assert "model/shaper.py: Shaper.penalty: looked for assign of `gap`" in said
    assert "symbol not found; nearest is Shaper.punish" in said
    assert "model/shaper.py: make_step.step: looked for assign of `total`" in said
    assert "run.py: module level: looked for assign of `args` calling `parser.parse_args`" in said
    assert "`args = parser.parse_known_args()[0]`" in said
    assert said.endswith("eloss vendor shaper")


@pytest.mark.parametrize("path", [MODEL_PATH, SCRIPT_PATH])
def test_file_that_does_not_parse_is_listed_beside_the_others(checkout, path):
    (checkout / MODEL_PATH).write_bytes(b"print 'x'\n")
    (checkout / SCRIPT_PATH).write_bytes(b"a = 1\nprint 'x'\n")
    assert f"{path}, line {1 + (path == SCRIPT_PATH)}: does not parse" in refusal(checkout)


def test_missing_file_is_listed(checkout):
    (checkout / SCRIPT_PATH).unlink()
    assert "run.py: no such file" in refusal(checkout)


def test_optional_file_may_be_missing(checkout):
    (checkout / SCRIPT_PATH).unlink()
    made = plan(checkout, set_of(GAP_EDIT, replace(PARSE_EDIT, optional=True)))
    assert [change.path for change in made.changes] == [MODEL_PATH]
    assert made.notes[0] == "run.py: no such file; it is optional"


def test_optional_file_that_is_there_must_fit(checkout):
    replace_in(checkout, SCRIPT_PATH, "parse_args", "parse")
    assert "run.py" in refusal(checkout, set_of(replace(PARSE_EDIT, optional=True)))


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_not_touch_the_anchors_does_not_matter(checkout, name):
    old, new = HARMLESS[name]
    replace_in(checkout, MODEL_PATH, old, new)
    (change, _) = plan(checkout, SHAPER).changes
    assert change.after.count(b"# eloss") == 5


def test_reformatted_checkout_is_planned_on(checkout):
    for path in FILES:
        command = [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--isolated",
            "--line-length",
            "30",
            path,
        ]
        subprocess.run(command, cwd=checkout, check=True, capture_output=True)
        assert (checkout / path).read_bytes() != FILES[path]
    assert len(plan(checkout, SHAPER).changes) == 2


def test_empty_file_is_a_miss_and_no_crash(checkout):
    (checkout / MODEL_PATH).write_bytes(b"")
    assert "symbol not found" in refusal(checkout)


def test_name_that_our_lines_read_must_be_bound_there(checkout):
    replace_in(checkout, MODEL_PATH, "noise = tools.draw", "noises = tools.draw")
    said = refusal(checkout)
    assert "Shaper.penalty: our lines read `noise`, which is not bound there" in said
    assert "nearest is `noises`" in said


def test_result_that_does_not_compile_is_refused(checkout):
    future = Edit(SCRIPT_PATH, Anchor("import", assigns="argparse"), "before", ("a = 1",))
    (checkout / SCRIPT_PATH).write_bytes(b"import argparse\nfrom __future__ import division\n")
    assert "would not compile" in refusal(checkout, set_of(future))


def test_lines_that_would_swallow_the_next_statement_are_refused(checkout):
    (checkout / SCRIPT_PATH).write_bytes(b"if x:\n    y = 2\n")
    edit = Edit(SCRIPT_PATH, Anchor("if"), "before", ("while z:",))
    assert "does not parse" in refusal(checkout, set_of(edit))


@pytest.mark.parametrize("line", ["@staticmethod", "x = (1,"])
def test_lines_that_change_the_meaning_of_others_are_refused(checkout, line):
    edit = Edit(MODEL_PATH, Anchor("function", "Shaper", assigns="misfit"), "before", (line,))
    assert MODEL_PATH in refusal(checkout, set_of(edit))


def test_equal_lines_elsewhere_are_refused_because_they_could_not_be_told(checkout):
    data = b"total = total + len(points)  # eloss\n"
    (checkout / MODEL_PATH).write_bytes(FILES[MODEL_PATH] + b"total = points = ''\n" + data)
    assert (
        plan(checkout, set_of(TOTAL_EDIT))
        .notes[0]
        .startswith(f"{MODEL_PATH}: already applied, but its lines stand elsewhere")
    )


def test_guard_refuses_with_reason_and_place(checkout):
    (checkout / "model" / "latent.py").write_text("class LatentShaper(Shaper):\n    pass\n")
    assert "this is a latent model (model/latent.py)" in refusal(checkout)


def test_our_own_lines_trip_no_guard(checkout):
    guarded = replace(SHAPER, guards=(Guard("edited already", "*.py", text="loss-plugin"),))
    apply(checkout, plan(checkout, guarded))
    assert plan(checkout, guarded).changes == ()
    (checkout / SCRIPT_PATH).write_text(SCRIPT + "# loss-plugin\n")
    assert "edited already (run.py)" in refusal(checkout, guarded)


def test_author_of_a_wrong_anchor_hears_of_it(checkout):
    with pytest.raises(UsageError, match="kind of statement"):
        plan(checkout, set_of(replace(GAP_EDIT, anchor=replace(GAP, kind="assing"))))


def test_applied_lines_whose_anchor_is_gone_are_noted(checkout):
    apply(checkout, plan(checkout, SHAPER))
    replace_in(checkout, SCRIPT_PATH, "args = parser.parse_args()", "args = 1")
    made = plan(checkout, SHAPER)
    assert made.changes == ()
    assert made.notes[0].startswith("already applied, but it would not be now: run.py")


def test_applied_lines_that_were_moved_are_noted(checkout):
    apply(checkout, plan(checkout, SHAPER))
    replace_in(checkout, SCRIPT_PATH, "args = parser", "# mine\nargs = parser")
    assert "stand elsewhere" in plan(checkout, SHAPER).notes[0]


def git(checkout, *arguments) -> str:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", *name, *arguments]
    return subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_commit_that_was_not_tested_is_noted(checkout):
    git(checkout, "init", "-q")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "one")
    head = git(checkout, "rev-parse", "HEAD").strip()
    (note,) = plan(checkout, SHAPER).notes
    assert note == f"the anchors match, the commit differs: {head[:12]} was not tested"
    assert plan(checkout, replace(SHAPER, tested=(head[:7],))).notes == ()


def test_no_version_control_is_noted(checkout):
    assert plan(checkout, SHAPER).notes[0].startswith("no version control here")


def test_link_out_of_the_checkout_is_neither_read_nor_followed(checkout, tmp_path):
    (tmp_path / "outside.py").write_text(SCRIPT)
    (checkout / SCRIPT_PATH).unlink()
    (checkout / SCRIPT_PATH).symlink_to(tmp_path / "outside.py")
    assert "leads out of" in refusal(checkout)


def test_unreadable_file_is_a_problem_of_the_environment(checkout, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("eloss_plugins.patching.reading.os.open", denied)
    with pytest.raises(EnvironmentProblem, match=r"model/shaper.py: cannot be read"):
        plan(checkout, SHAPER)


def test_user_edits_in_the_same_function_are_kept(checkout):
    replace_in(checkout, MODEL_PATH, "gap = gap * 2", "gap = gap * 3  # mine")
    change = plan(checkout, SHAPER).changes[0]
    assert b"gap = gap * 3  # mine" in change.after
    assert ast.parse(change.after)
