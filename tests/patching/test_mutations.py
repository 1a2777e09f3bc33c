"""No anchor that was changed is accepted."""

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.patch_set import Anchor, Edit
from eloss_plugins.patching.plan import plan
from tests.patching.mutations import mutations
from tests.patching.sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER, set_of
from tests.patching.user_edits import edited

LINE = ("done = True",)
OTHER_EDITS = (
    Edit(
        MODEL_PATH,
        Anchor("assign", "Shaper.penalty", "noise", "tools.draw", ("points",)),
        "after",
        LINE,
    ),
    Edit(MODEL_PATH, Anchor("assign", "Shaper.penalty", "output", "self.net"), "before", LINE),
    Edit(MODEL_PATH, Anchor("import", assigns="math"), "after", LINE),
    Edit(MODEL_PATH, Anchor("return", "Base.net"), "before", LINE),
    Edit(MODEL_PATH, Anchor("if", "Shaper.penalty", arguments=("self.width > 2",)), "after", LINE),
    Edit(MODEL_PATH, Anchor("function", "Shaper", assigns="misfit"), "after", LINE),
    Edit(
        SCRIPT_PATH, Anchor("call", calls="print", arguments=("Shaper(args.width)",)), "after", LINE
    ),
)
EDITS = (*SHAPER.edits, *OTHER_EDITS)
ALL = [(edit, mutation) for edit in EDITS for mutation in mutations(FILES[edit.file], edit)]


def accepted(folder, edit, data) -> bool:
    try:
        plan(folder, set_of(edit), {edit.file: data})
    except Refused:
        return False
    return True


def test_every_anchor_is_accepted_before(tmp_path):
    assert [edit for edit in EDITS if not accepted(tmp_path, edit, FILES[edit.file])] == []


def test_there_are_over_two_hundred():
    assert len({(edit, mutation.data) for edit, mutation in ALL}) == len(ALL) > 200


@pytest.mark.slow
def test_none_is_accepted(tmp_path):
    wrong = [(edit, it.what) for edit, it in ALL if accepted(tmp_path, edit, it.data)]
    assert wrong == []


@pytest.mark.parametrize("seed", range(6))
def test_none_is_accepted_in_edited_files_either(tmp_path, seed):
    for edit in SHAPER.edits:
        data = edited(FILES[edit.file], 1000 + seed).replace(b"\r\n", b"\n")
        if accepted(tmp_path, edit, data):
            changed = [*mutations(data, edit)][seed::5]
            assert [it.what for it in changed if accepted(tmp_path, edit, it.data)] == []
