import re
from pathlib import Path

from tests.live.__main__ import report
from tests.live.variables import VARIABLES

ROOT = Path(__file__).parents[2]
OTHERS = {"ELOSS_LIVE_LOG"}  # set by the suite itself


def test_every_variable_of_the_suite_is_listed():
    sources = [*(ROOT / "tests/live").rglob("*.py"), *(ROOT / "tests/regression").rglob("*.py")]
    used = {word for file in sources for word in re.findall(r"\bELOSS_[A-Z]+\b", file.read_text())}
    assert used - OTHERS <= set(VARIABLES)


def test_every_variable_is_documented():
    page = (ROOT / "docs/upstreams/README.md").read_text()
    assert [name for name in VARIABLES if f"`{name}`" not in page] == []


def test_the_report_says_what_is_given_and_what_is_not(tmp_path):
    lines = report({"ELOSS_QM7": str(tmp_path)})
    assert len(lines) == len(VARIABLES)
    assert f"ELOSS_QM7        {tmp_path}" in lines
    assert lines[0].startswith("ELOSS_EDM        not given; tests that need a checkout of ")


def test_another_commit_is_pointed_out(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("0" * 40)
    assert "(at 0000000; the suite was made for fce07d7)" in report({"ELOSS_EDM": str(tmp_path)})[0]
