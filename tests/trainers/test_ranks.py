"""Two processes on the CPU: they decide alike, and neither waits for ever."""

import json

import pytest

from eloss_plugins.trainers import journal
from trainers.rank_harness import SCENARIOS
from trainers.tiny_run import assert_same, newest
from trainers.two_ranks import two_ranks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ranks")


@pytest.fixture(scope="module")
def ranks(folder):
    """What the two ranks saw: one start of two processes for all scenarios."""
    answers = two_ranks("rank_harness.py", folder, runs=len(SCENARIOS))
    return [json.loads(answer.splitlines()[-1]) for answer in answers]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_both_ranks_see_the_same(ranks, scenario):
    first, second = (rank[scenario] for rank in ranks)
    if scenario == "valid-raises":  # one tells its own error, the other that of its neighbour
        first, second = first | {"error": None}, second | {"error": None}
    assert first == second


def test_a_bad_molecule_is_left_out_by_both(ranks):
    assert [d for d in ranks[0]["one-bad"]["dropped"] if d] == [[3], [3]]  # once in each epoch
    assert ranks[0]["one-bad"]["error"] is None


def test_both_stop_where_every_molecule_is_bad(ranks, folder):
    assert ranks[0]["all-bad"]["error"][0] == "Refused"
    assert newest(folder / "b")["step"] == 3


def test_a_resumed_run_of_two_is_the_uninterrupted_one(ranks, folder):
    assert_same(newest(folder / "run"), newest(folder / "whole"))


def test_a_plugin_that_fails_on_one_rank_stops_both_before_the_step(ranks):
    kind, said = ranks[0]["raises"]["error"]
    assert kind == "PluginError"
    assert said.startswith("step 3: loss `brittle` of plugin `spring:spring`")
    assert len(ranks[0]["raises"]["dropped"]) == 2


def test_a_rank_without_a_finite_molecule_goes_along(ranks, folder):
    seen = ranks[0]["shard-bad"]
    assert seen["error"] is None
    assert [len(dropped) for dropped in seen["dropped"]] == [0, 0, 2, *[0] * 7]
    lines = [x for x in journal.read(folder / "d" / "metrics.jsonl") if x["kind"] == "train"]
    assert lines[2]["loss"] > 0


def test_a_gradient_that_is_not_finite_on_one_rank_costs_no_more_than_its_molecule(ranks):
    seen = ranks[0]["steep"]
    assert seen["error"] is None
    assert all(weight == weight for weight in seen["weights"])


def test_parameters_may_have_no_gradient_on_one_rank_or_on_any(ranks, folder):
    unused, spare = newest(folder / "f")["model"]["unused"], newest(folder / "f")["model"]["spare"]
    assert ranks[0]["spare"]["error"] is None
    assert unused.tolist() == [1.0] * 3
    assert (spare < 1).all()


def test_a_validation_leaves_out_the_same_molecules_for_both(ranks, folder):
    lines = [x for x in journal.read(folder / "g" / "metrics.jsonl") if x["kind"] == "valid"]
    assert [(line["molecules"], line["excluded"]) for line in lines] == [(3, 1)] * len(lines)
    assert lines


def test_a_validation_that_fails_on_one_rank_stops_both(ranks):
    said = [rank["valid-raises"]["error"] for rank in ranks]
    assert said[0] == ["Refused", "rank 1 failed: ValueError: no measure today"]
    assert said[1] == ["ValueError", "no measure today"]


def test_the_second_rank_writes_no_file(ranks):
    assert any("checkpoints" in name for name in ranks[0]["written"])
    assert ranks[1]["written"] == []


def test_one_rank_finds_bonds_and_tells_the_other(ranks, folder):
    assert [rank["perceived"] for rank in ranks] == [["24 molecules"], []]
    assert ranks[1]["bonds"]["error"] is None
    assert (folder / "i" / "metrics.jsonl").read_text().count("1 of 24 molecules are left out") == 1


def test_one_rank_warns_of_graphs_that_are_not_kept(ranks):
    assert [rank["warned"] for rank in ranks] == [["graphs are not kept"], []]
