import errno
import json
import os
import signal
import threading
import tomllib
import warnings
from pathlib import Path

import pytest

from eloss_plugins.cli import checks, doctor, failures, plugins
from eloss_plugins.cli.main import main
from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError

ROOT = Path(__file__).parents[2]


def failing(monkeypatch, error):
    def run(arguments):
        raise error

    monkeypatch.setattr(plugins, "run", run)


class OutOfMemoryError(RuntimeError):
    """Stands for torch's, which goes by the same name."""


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("name it"), 2, "name it"),
        (Refused("it is there"), 3, "it is there"),
        (EnvironmentProblem("no room"), 5, "no room"),
        (OSError(errno.ENOSPC, "No space left on device", "x.pt"), 5, "--resume"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 5, "/x: Permission denied"),
        (ModuleNotFoundError("No module named 'rdkit'", name="rdkit"), 5, "pip install 'rdkit'"),
        (
            ModuleNotFoundError("No module named 'torch_scatter'", name="torch_scatter"),
            5,
            "eloss-plugins[scatter]",
        ),
        (OutOfMemoryError("tried to allocate"), 5, "--batch-size"),
        (MemoryError(), 5, "--batch-size"),
        (RuntimeError("[enforce] DefaultCPUAllocator: can't allocate"), 5, "--batch-size"),
        (RuntimeError("anything else"), 70, "a defect in eloss: RuntimeError"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (failures.Terminated(), 143, "terminated"),
        (KeyError("lost"), 70, "a defect in eloss: KeyError"),
        (ModuleNotFoundError("No module", name="eloss_plugins.gone"), 70, "a defect"),
    ],
)
def test_each_error_has_its_code_and_sentence(eloss, monkeypatch, error, code, told):
    failing(monkeypatch, error)
    answer = eloss("plugins")
    assert answer.code == code
    assert told in answer.err
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) <= 6


def test_a_defect_leaves_its_traceback_in_a_file_that_is_named(eloss, monkeypatch, tmp_path):
    failing(monkeypatch, KeyError("lost"))
    answer = eloss("plugins")
    (log,) = (tmp_path / "logs").iterdir()
    assert str(log) in answer.err
    assert "Traceback" in log.read_text()


def test_debug_shows_the_traceback(eloss, monkeypatch):
    failing(monkeypatch, KeyError("lost"))
    assert "Traceback" in eloss("plugins", "--debug").err


def test_a_defect_without_a_place_for_its_log_is_still_told(eloss, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ELOSS_LOG_DIR", str(tmp_path / "file"))
    failing(monkeypatch, KeyError("lost"))
    answer = eloss("plugins")
    assert answer.code == 70
    assert "could not be saved" in answer.err


def test_old_logs_go(eloss, monkeypatch, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(20):
        (folder / f"error-2020-{number:02d}.log").touch()
    failing(monkeypatch, KeyError("lost"))
    eloss("plugins")
    assert len(list(folder.iterdir())) == failures.KEPT_LOGS


def test_the_log_folder_follows_the_users_state(monkeypatch, tmp_path):
    monkeypatch.delenv("ELOSS_LOG_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert failures.log_folder() == tmp_path / "eloss"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert failures.log_folder() == tmp_path / "home" / ".local" / "state" / "eloss"


def test_errors_are_json_too(eloss, monkeypatch):
    failing(monkeypatch, Refused("it is there"))
    found = json.loads(eloss("plugins", "--json").out)
    assert found == {"error": {"kind": "Refused", "message": "it is there", "exit_code": 3}}


def test_a_usage_error_is_json_where_json_was_asked_for(eloss):
    assert json.loads(eloss("train", "gdm", "--json", "--stpes").out)["error"]["exit_code"] == 2
    assert eloss("evaluate", "x", "--json", "file.json").out == ""
    assert json.loads(eloss("evaluate", "x", "--json", "-").out)["error"]["exit_code"] == 2


def test_signal_handlers_come_back(eloss):
    def mine(number, frame):
        return None

    before = signal.signal(signal.SIGTERM, mine)
    try:
        assert eloss("plugins").code == 0
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)


def test_termination_ends_a_command_with_its_code(eloss, monkeypatch):
    monkeypatch.setattr(plugins, "run", lambda _: os.kill(os.getpid(), signal.SIGTERM) or 0)
    assert eloss("plugins").code == 143


def test_commands_run_off_the_main_thread():
    codes = []
    thread = threading.Thread(target=lambda: codes.append(main(["plugins", "-q"])))
    thread.start()
    thread.join()
    assert codes == [0]


def test_warnings_are_lines_for_people(eloss, monkeypatch):
    def run(arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("mind the gap", stacklevel=1)
        return 0

    monkeypatch.setattr(plugins, "run", run)
    assert eloss("plugins").err == "warning: mind the gap\n"


def test_a_broken_check_of_doctor_is_a_finding(eloss, monkeypatch):
    def odd_check():
        raise RuntimeError("out of order")

    monkeypatch.setattr(doctor, "CHECKS", (odd_check,))
    answer = eloss("doctor")
    assert answer.code == 1
    assert "out of order" in answer.out


def test_a_package_that_breaks_on_import_is_called_by_its_name(monkeypatch):
    def breaks(module):
        raise OSError(f"{module}: libsomething.so not found")

    monkeypatch.setattr("importlib.import_module", breaks)
    found = doctor.examine([checks._package("rdkit", "rdkit.Chem")])
    assert [(f.name, f.state) for f in found] == [("rdkit", "wrong")]


def test_doctor_finds_nothing_wrong_and_tells_no_secret(eloss, monkeypatch):
    monkeypatch.setenv("WANDB_API_KEY", "hunter2")
    answer = eloss("doctor", "--json")
    found = json.loads(answer.out)
    assert answer.code == 0, [c for c in found["checks"] if c["state"] == "wrong"]
    assert found["ok"]
    assert "hunter2" not in answer.out


def test_a_missing_extra_is_no_fault_and_says_how_to_get_it():
    (found,) = doctor.examine([checks._extra("no-such-package", "fast", "graphs take longer")])
    assert found.state == checks.REMARK
    assert found.detail == "not installed; graphs take longer (pip install 'eloss-plugins[fast]')"


def test_every_extra_that_users_install_is_looked_at():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = set(project["optional-dependencies"]) - {"dev", "bundle"}
    checked = {check.__name__ for check in checks.CHECKS}
    for extra in extras:
        (package,) = project["optional-dependencies"][extra]
        assert package.partition(">=")[0] in checked
