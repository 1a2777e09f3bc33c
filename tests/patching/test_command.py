"""`eloss patch` as its user meets it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching import catalogue
from eloss_plugins.patching.apply import apply
from eloss_plugins.plugins import PluginWarning

from . import checkouts
from .checkouts import FILES_OF, commit_all, git, make, snapshot, touching, untouched
from .sources import FILES, MODEL_PATH, SCRIPT_PATH, SHAPER

ACTIONS = ("status", "diff", "apply", "revert", "recover")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_folder_that_is_not_there(eloss_patch, tmp_path, action):
    with untouched(tmp_path):
        answer = eloss_patch(action, str(tmp_path / "gone"))
    assert answer.code == 2
    assert str(tmp_path / "gone") in answer.err


@pytest.mark.parametrize("action", ACTIONS)
def test_a_file_is_no_checkout(eloss_patch, checkout, action):
    with untouched(checkout):
        answer = eloss_patch(action, str(checkout / SCRIPT_PATH))
    assert answer.code == 3
    assert "is a file" in answer.err


@pytest.mark.parametrize("words", [["apply"], ["diff"], ["apply", "shaper"]])
def test_an_empty_folder_is_no_known_upstream(eloss_patch, tmp_path, words):
    (tmp_path / "empty").mkdir()
    with untouched(tmp_path):
        answer = eloss_patch(*words, str(tmp_path / "empty"))
    assert answer.code == 3
    assert "no known upstream" in answer.err
    assert f"Shaper.penalty in {MODEL_PATH}" in answer.err


def test_an_empty_folder_has_nothing_applied(eloss_patch, tmp_path):
    (tmp_path / "empty").mkdir()
    with untouched(tmp_path):
        assert eloss_patch("status", str(tmp_path / "empty")).out.startswith("nothing is applied")
        assert eloss_patch("revert", str(tmp_path / "empty")).out == "nothing to do\n"


def test_another_commit_with_the_same_anchors_is_told(eloss_patch, checkout):
    commit_all(checkout)
    answer = eloss_patch("apply", str(checkout))
    assert answer.code == 0
    head = git(checkout, "rev-parse", "HEAD")[:12]
    assert f"the anchors match, the commit differs: {head} was not tested" in answer.err


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (".", ()),
        (".", ("shaper",)),
        (".", ("shaper", ".")),
        ("model", ()),
        ("model", ("shaper",)),
        ("model", ("shaper", "..")),
        ("model", ("./..",)),
        ("..", ("checkout/",)),
        ("..", ("shaper", "./checkout/model/..")),
        ("..", ("SHAPER", "checkout")),
    ],
)
def test_every_way_to_name_a_checkout_is_the_same(eloss_patch, checkout, monkeypatch, place, words):
    monkeypatch.chdir(checkout / place)
    before = snapshot(checkout)
    with touching(checkout, *FILES_OF):
        assert eloss_patch("apply", *words).code == 0
    assert eloss_patch("status", "--check", *words).code == 0
    assert eloss_patch("revert", *words).code == 0
    assert snapshot(checkout) == before


def test_flags_may_stand_between_the_words(eloss_patch, checkout):
    with untouched(checkout):
        answer = eloss_patch("apply", "shaper", "--check", str(checkout))
    assert answer.code == 0
    assert SCRIPT_PATH in answer.out


NAMES = ["a b", "quo'te\"s", "new\nline", "-dash", "$(touch x)", "*", "%s", "{x}", "\udcff\udcfe"]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_takes_any_name(eloss_patch, tmp_path, monkeypatch, name):
    checkout = make(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    before = snapshot(checkout)
    for action in ("status", "diff", "apply", "status", "revert", "recover"):
        assert eloss_patch(action, "--json", "--", name).code == 0
        assert eloss_patch(action, f"./{name}").code == 0
    assert snapshot(checkout) == before
    (checkout / SCRIPT_PATH).write_bytes(b"")
    assert eloss_patch("apply", "--", name).code == 3
    assert eloss_patch("apply", f"./{name}/{SCRIPT_PATH}").code == 3
    assert eloss_patch("apply", f"./{name}/nothing").code == 2


def test_status_says_that_there_is_no_version_control(eloss_patch, checkout):
    assert "no version control" in eloss_patch("status", str(checkout)).out
    commit_all(checkout)
    assert "git at" in eloss_patch("status", str(checkout)).out


def test_an_unknown_upstream_gets_the_closest(eloss_patch, checkout):
    answer = eloss_patch("apply", "shapr", str(checkout))
    assert answer.code == 2
    assert "Did you mean `shaper`?" in answer.err


def test_a_word_that_is_nothing_gets_the_closest(eloss_patch):
    answer = eloss_patch("apply", "shapr")
    assert answer.code == 2
    assert "no folder 'shapr'" in answer.err
    assert "Did you mean shaper?" in answer.err


def test_without_an_action_the_known_ones_are_told(eloss_patch):
    answer = eloss_patch()
    assert answer.code == 2
    assert "an action is missing" in answer.err


def test_contradicting_flags_are_refused(eloss_patch, checkout):
    assert eloss_patch("revert", str(checkout), "--keep-mine", "--force-backup").code == 2


def test_a_guard_s_reason_is_told(eloss_patch, checkout):
    (checkout / "model" / "latent.py").write_text("class LatentShaper: pass\n")
    with untouched(checkout):
        answer = eloss_patch("apply", str(checkout))
    assert answer.code == 3
    assert "this is a latent model" in answer.err


def test_two_that_fit_must_be_named(eloss_patch, register, checkout):
    register(other=f"{checkouts.__package__}.checkouts:OTHER")
    answer = eloss_patch("apply", str(checkout))
    assert answer.code == 3
    assert "other, shaper all fit" in answer.err
    for name in ("shaper", "other"):
        assert eloss_patch("apply", name, str(checkout)).code == 0
    assert "shaper and other are applied" in eloss_patch("revert", str(checkout)).err
    for name in ("shaper", "other"):
        assert eloss_patch("revert", name, str(checkout)).code == 0
    assert (checkout / SCRIPT_PATH).read_bytes() == FILES[SCRIPT_PATH]


def test_the_printed_diff_fits_before_and_backwards_after(eloss_patch, checkout):
    commit_all(checkout)
    diff = checkout.parent / "diff"
    diff.write_text(eloss_patch("diff", str(checkout)).out)
    git(checkout, "apply", "--check", str(diff))
    eloss_patch("apply", str(checkout))
    git(checkout, "apply", "-R", "--check", str(diff))
    assert eloss_patch("diff", str(checkout)).out == diff.read_text()


def test_counts_are_the_same_as_text_and_as_json(eloss_patch, checkout):
    found = json.loads(eloss_patch("diff", str(checkout), "--json").out)
    assert found == {
        "schema": 1,
        "upstream": "shaper",
        "files": [{"path": MODEL_PATH, "inserted": 5}, {"path": SCRIPT_PATH, "inserted": 1}],
        "inserted": 6,
    }
    assert eloss_patch("diff", str(checkout), "--stat").out.split()[-1] == "6"


@pytest.mark.parametrize("flag", ["--stat", "--json"])
def test_counts_are_the_same_before_and_after(eloss_patch, checkout, flag):
    before = eloss_patch("diff", str(checkout), flag).out
    eloss_patch("apply", str(checkout))
    assert eloss_patch("diff", str(checkout), flag).out == before


def test_status_for_programs(eloss_patch, checkout):
    eloss_patch("apply", str(checkout))
    with untouched(checkout):
        found = json.loads(eloss_patch("status", str(checkout), "--json").out)
    assert (found["schema"], found["applied"]) == (1, True)
    assert [file["path"] for file in found["sets"][0]["files"]] == list(FILES_OF)
    assert str(checkout) not in json.dumps(found)


@pytest.mark.parametrize("action", ["list", *ACTIONS])
def test_every_action_answers_programs(eloss_patch, checkout, action):
    words = [] if action == "list" else [str(checkout)]
    assert json.loads(eloss_patch(action, *words, "--json").out)["schema"] == 1


def test_errors_answer_programs_too(eloss_patch, checkout):
    (checkout / ".eloss").write_text("")
    answer = eloss_patch("apply", str(checkout), "--json")
    assert json.loads(answer.out)["error"]["exit_code"] == answer.code == 3


def test_status_check_is_a_negative_answer_unless_all_is_in_place(eloss_patch, checkout):
    assert eloss_patch("status", str(checkout), "--check").code == 1
    eloss_patch("apply", str(checkout))
    assert eloss_patch("status", "shaper", str(checkout), "--check").code == 0
    (checkout / SCRIPT_PATH).write_bytes(FILES[SCRIPT_PATH])
    assert eloss_patch("status", str(checkout), "--check").code == 1


def test_apply_check_writes_nothing(eloss_patch, checkout):
    with untouched(checkout):
        assert eloss_patch("apply", str(checkout), "--check").code == 0


@pytest.mark.parametrize(("spoil", "code"), [("chmod", 5), ("link", 3)])
def test_apply_check_answers_as_apply_does(eloss_patch, checkout, spoil, code):
    if spoil == "chmod":
        (checkout / SCRIPT_PATH).chmod(0o444)
    else:
        os.link(checkout / SCRIPT_PATH, checkout / "twin.py")
    with untouched(checkout):
        answers = [eloss_patch("apply", str(checkout), *more) for more in ((), ("--check",))]
    assert answers[0] == answers[1]
    assert answers[0].code == code


def test_apply_check_of_an_upgrade_tells_what_it_would_do(eloss_patch, checkout):
    apply(checkout, replace(SHAPER, version=0))
    with untouched(checkout):
        assert eloss_patch("apply", str(checkout), "--check").code == 3
        found = eloss_patch("apply", str(checkout), "--check", "--upgrade")
    assert found.out.splitlines()[0] == "shaper would be upgraded"


def test_the_second_time_is_no_error(eloss_patch, checkout):
    eloss_patch("apply", str(checkout))
    with untouched(checkout):
        answer = eloss_patch("apply", str(checkout))
    assert (answer.code, answer.out.splitlines()[0]) == (0, "shaper already applied")


def test_status_names_the_flag_that_upgrades(eloss_patch, checkout):
    apply(checkout, replace(SHAPER, version=0))
    assert "eloss patch apply --upgrade" in eloss_patch("status", str(checkout)).out
    assert eloss_patch("apply", str(checkout)).code == 3
    done = eloss_patch("apply", str(checkout), "--upgrade")
    assert (done.code, done.out.splitlines()[0]) == (0, "shaper upgraded")


def test_an_older_package_says_so(eloss_patch, checkout):
    apply(checkout, checkouts.SHAPER_2)
    assert "this package is older" in eloss_patch("status", str(checkout)).out
    assert "Upgrade eloss-plugins" in eloss_patch("apply", str(checkout), "--upgrade").err
    assert eloss_patch("revert", str(checkout)).code == 0
    assert (checkout / SCRIPT_PATH).read_bytes() == FILES[SCRIPT_PATH]


def test_revert_of_nothing_is_no_error(eloss_patch, checkout):
    with untouched(checkout):
        answer = eloss_patch("revert", str(checkout))
    assert (answer.code, answer.out) == (0, "nothing to do\n")


def test_the_hunk_and_the_flags_are_shown(eloss_patch, checkout):
    eloss_patch("apply", str(checkout))
    data = (checkout / SCRIPT_PATH).read_bytes()
    (checkout / SCRIPT_PATH).write_bytes(data.replace(b'-plugin")', b'-plugin", default=3)'))
    with untouched(checkout):
        answer = eloss_patch("revert", str(checkout))
    assert answer.code == 3
    assert '    -parser.add_argument("--loss-plugin")  # eloss\n' in answer.err
    assert '    +parser.add_argument("--loss-plugin", default=3)  # eloss\n' in answer.err
    assert eloss_patch("revert", str(checkout), "--force-backup").code == 0


def test_status_tells_what_a_formatter_did(eloss_patch, checkout):
    eloss_patch("apply", str(checkout))
    data = (checkout / MODEL_PATH).read_bytes()
    (checkout / MODEL_PATH).write_bytes(data.replace(b"gap = -gap  #", b"gap = - gap  #"))
    answer = eloss_patch("status", str(checkout), "--check")
    assert answer.code == 1
    assert f"{MODEL_PATH}: our lines were edited" in answer.out


def test_the_next_command_is_told(eloss_patch, checkout):
    assert SHAPER.next_command in eloss_patch("apply", str(checkout)).out


def test_a_broken_patch_set_costs_a_warning(register, shaper_is_installed):
    register(broken="nowhere:SET", odd="os:sep")
    with pytest.warns(PluginWarning) as caught:
        names = [it.name for it in catalogue.installed()]
    assert "shaper" in names
    assert len(caught) == 2
    with pytest.raises(Refused, match="expected a PatchSet"):
        catalogue.find("odd")


WATCHED = """
import os, sys
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
            opened.append(os.fsdecode(arguments[0]))
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.link", "os.chmod", "os.utime"):
        opened.append(event)
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from eloss_plugins.cli.main import main
checkout = sys.argv[1]
codes = [main(["patch", *words]) for words in (["list"], ["status", checkout], ["diff", checkout])]
codes.append(main(["patch", "apply", checkout, "--check"]))
read_only, opened[:] = list(opened), []
codes += [main(["patch", action, checkout]) for action in ("apply", "apply", "revert", "recover")]
heavy = {"torch", "numpy", "rdkit", "libcst", "rich"} & set(sys.modules)
print(codes, read_only, bool(opened), heavy, file=sys.stderr)
"""


def outside(checkout: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process that has the same plugins."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        [sys.executable, *command, str(checkout)],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        env=os.environ | {"PYTHONPATH": path} | environment,
    )


def test_looking_opens_nothing_for_writing_and_nothing_loads_torch(shaper_is_installed, checkout):
    done = outside(checkout, "-c", WATCHED)
    assert done.stderr.splitlines()[-1] == "[0, 0, 0, 0, 0, 0, 0, 0] [] True set()"


@pytest.mark.parametrize("name", ["é→ü", "plain"])
def test_a_terminal_without_unicode_gets_plain_text(shaper_is_installed, tmp_path, name):
    checkout = make(tmp_path / name)
    (checkout / MODEL_PATH).write_bytes(FILES[MODEL_PATH].replace(b"How far", "Wïe wéit".encode()))
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for action in ("status", "diff", "apply", "apply", "revert"):
        done = outside(checkout, "-m", "eloss_plugins.cli", "patch", action, **plain)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    (checkout / SCRIPT_PATH).unlink()
    done = outside(checkout, "-m", "eloss_plugins.cli", "patch", "apply", **plain)
    assert done.returncode == 3
    assert "Error" not in done.stderr
