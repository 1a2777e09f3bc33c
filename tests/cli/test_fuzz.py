"""Any words at all: a documented exit code, and never a traceback."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eloss_plugins.cli import (
    bench,
    data,
    doctor,
    evaluate,
    graph_build,
    graph_check,
    graph_show,
    sample,
    shapes,
    spins,
    sweep,
    train,
    vendor,
)
from eloss_plugins.cli.comparison import contest
from eloss_plugins.cli.main import COMMANDS, build_parser
from eloss_plugins.errors import Refused

from .conftest import DOCUMENTED

FLAGS = sorted(
    {
        flag
        for group in build_parser()._subparsers._group_actions
        for parser in group.choices.values()
        for flag in parser.flags()
        if flag != "--debug"  # shows tracebacks, as it should
    }
)
VALUES = ["gdm", "edm", "energy", "none", "0", "1", "-1", "0,03", "nan", "a=b", "mse,energy", "."]
words = st.lists(
    st.one_of(
        st.sampled_from(COMMANDS),
        st.sampled_from(FLAGS),
        st.sampled_from(VALUES),
        st.tuples(st.sampled_from(FLAGS), st.sampled_from(VALUES)).map("=".join),
        st.text(max_size=12),
    ),
    max_size=8,
)


def refuse(*_, **__):
    raise Refused("the work itself is not under test")


@pytest.fixture
def no_work(monkeypatch):
    """Everything before the work stays as it is."""
    monkeypatch.setattr(train, "_train", refuse)
    monkeypatch.setattr(sweep, "_sweep", refuse)
    monkeypatch.setattr(sample, "_generate", refuse)
    monkeypatch.setattr(evaluate, "_evaluate", refuse)
    monkeypatch.setattr(data, "_export", refuse)
    monkeypatch.setattr(vendor, "_vendor", refuse)
    monkeypatch.setattr(bench, "_measure", refuse)
    monkeypatch.setattr(shapes, "_hold", refuse)
    monkeypatch.setattr(spins, "_hold", refuse)
    monkeypatch.setattr(spins, "_solve", refuse)
    for module in (graph_build, graph_check, graph_show):
        monkeypatch.setattr(module, "chosen", refuse)
    monkeypatch.setattr(doctor, "CHECKS", ())
    monkeypatch.setattr(contest, "run_all", refuse)


@given(command=st.sampled_from(["", *COMMANDS]), rest=words)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_words_give_a_documented_code(no_work, eloss, command, rest):
    answer = eloss(*([command] if command else []), *rest)
    assert answer.code in DOCUMENTED - {70}, answer.err
    assert "Traceback" not in answer.err
    assert not answer.code or len(answer.err.splitlines()) <= 36
