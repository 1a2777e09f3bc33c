"""The command as a process: streams, environment, start-up. None of these loads torch."""

import json
import os
import resource
import subprocess
import sys

import pytest

ELOSS = (sys.executable, "-m", "eloss_plugins.cli")


def run(*words, shell=None, **environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONIOENCODING", "PYTHONUTF8")}
    command = [*ELOSS, *words] if shell is None else ["bash", "-c", shell]
    return subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=kept | {"ELOSS": " ".join(ELOSS)} | environment,
        timeout=60,
    )


def test_help_comes_fast_and_loads_nothing_heavy():
    heavy = "{'torch', 'numpy', 'rdkit', 'rich', 'e3nn', 'matplotlib', 'lightning_fabric'}"
    code = (
        "import sys\nfrom eloss_plugins.cli.main import main\n"
        f"main(['--help']); main(['train', '--help'])\nprint({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.endswith("set()\n"), done.stderr


def test_help_takes_at_most_300_milliseconds():
    def seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.3  # of the processor: the machine may be busy


def test_a_reader_that_goes_away_is_no_error():
    done = run(shell="set -o pipefail; $ELOSS train --help | true; $ELOSS plugins --json | head -1")
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize(("words", "code"), [("plugins", 0), ("trian", 2)])
def test_closed_streams_change_nothing_but_what_is_seen(closed, words, code):
    assert run(shell=f"$ELOSS {words} {closed}").returncode == code


def test_a_full_device_is_an_environment_problem():
    done = run(shell="$ELOSS plugins > /dev/full")
    assert done.returncode == 5
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "20"},
        {"FORCE_COLOR": "1", "CLICOLOR": "1", "COLUMNS": "0"},
        {"HOME": "", "XDG_STATE_HOME": ""},
    ],
)
def test_every_environment_gets_plain_text(environment):
    for words in (["plugins"], ["train", "gdm", "--stéps"]):
        done = run(*words, **environment)
        assert done.returncode in (0, 2)
        assert b"\x1b" not in done.stdout + done.stderr
        assert b"\r" not in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr


def test_bytes_that_are_no_text_are_shown_escaped():
    done = run(shell=r"$ELOSS sample $'\xff\xfe'")
    assert done.returncode == 2
    assert b"\xff" not in done.stderr


def test_json_is_all_there_is_on_standard_output():
    found = json.loads(run("plugins", "--json").stdout)
    assert "energy" in found["losses"]
