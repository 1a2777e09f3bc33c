"""docs/sweeps.md: its file is a sweep, its names exist, its promises are those of the code."""

import re

from pages import code, page

from eloss_plugins.cli.main import build_parser
from eloss_plugins.cli.sweep import settings_of
from eloss_plugins.cli.sweep_settings import PRUNERS
from eloss_plugins.cli.sweeping import holding, objective, planning, search, study
from eloss_plugins.cli.sweeping.planning import plan_of
from eloss_plugins.cli.sweeping.space import Choices, Span

TEXT = page("docs/sweeps.md")


def planned(*words: str):
    arguments = build_parser().parse_args(["sweep", *words])
    return plan_of({key: origin.value for key, origin in settings_of(arguments).items()})


def test_the_file_of_the_page_is_a_sweep(tmp_path):
    (text,) = code(TEXT, "toml")
    (tmp_path / "small.toml").write_text(text)
    found = planned("--config", str(tmp_path / "small.toml"))
    assert found.space == {
        "learning_rate": Span(1e-4, 1e-2, log=True),
        "weight": Span(0.005, 0.5, log=True),
        "stiffness": Choices(("exponential", "inverse")),
    }
    assert [point["learning_rate"] for point in found.starts] == [4e-4, 7e-4]
    assert found.common.settings["model_options"] == {"attention": "false"}


def test_the_commands_of_the_page_are_sweeps():
    import shlex

    lines = "\n".join(code(TEXT, "sh")).replace("\\\n", " ").splitlines()
    found = [shlex.split(line)[2:] for line in lines if line.startswith("eloss sweep")]
    assert len(found) == 3
    assert all(planned(*words).starts for words in found)


def test_every_objective_and_pruner_is_on_the_page():
    named = set(re.findall(r"`(?:--pruner )?([a-z0-9_]+)`", TEXT))
    assert set(objective.known()) | set(PRUNERS) <= named


def test_every_result_is_on_the_page():
    assert all(f"`{name}`" in TEXT for name in holding.RESULTS)


def test_the_numbers_of_the_page_are_those_of_the_code():
    assert (planning.VALIDATIONS, planning.CHECKPOINTS) == (8, 4)
    assert study.FEWEST_BEFORE_PRUNING == 4
    assert search.GRACE_SECONDS == 300
