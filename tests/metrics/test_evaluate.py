"""Sets of molecules: what is counted over what, and that nothing breaks the count."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from molecules_by_hand import (
    at_nan,
    carbon_dioxide,
    methane,
    methyl,
    nothing,
    on_a_line,
    together,
    two_waters,
)

from eloss_plugins.data.molecules import Molecule
from eloss_plugins.errors import UsageError
from eloss_plugins.metrics import Evaluation, Reference, evaluate
from eloss_plugins.metrics.evaluation import LABELS

EIGHT = together(
    methane(),
    methane(1.1),
    methyl(),
    carbon_dioxide(),
    two_waters(),
    nothing(),
    at_nan(),
    on_a_line("H H H", 0, 0.75, 1.5),
)


def counts(evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    return {name: (rate.numerator, rate.denominator) for name, rate in evaluation.rates.items()}


def test_every_rate_of_eight_molecules_is_as_counted_by_hand():
    assert counts(evaluate(EIGHT, together(methane()))) == {
        "atom_stability": (5 + 5 + 3 + 3 + 6 + 0 + 3 + 2, 5 + 5 + 4 + 3 + 6 + 0 + 5 + 3),
        "molecule_stability": (4, 8),
        "molecule_stable_and_connected": (3, 8),
        "validity": (5, 8),
        "completeness": (4, 8),
        "without_clashes": (8, 8),
        "uniqueness_of_valid": (4, 5),
        "uniqueness_of_generated": (4, 8),
        "novelty": (3, 4),
    }


def test_failures_count_each_molecule_once():
    evaluation = evaluate(EIGHT)
    assert evaluation.failures == {
        "unstable atoms": 1,
        "fragments": 1,
        "no atoms": 1,
        "non-finite coordinates": 1,
        "valence": 1,
    }
    passed = evaluation.molecules - sum(evaluation.failures.values())
    assert passed == evaluation.rates["molecule_stable_and_connected"].numerator


def test_no_molecules_give_rates_of_nothing():
    assert set(counts(evaluate(together())).values()) == {(0, 0)}


def test_without_reference_novelty_and_geometry_are_left_out():
    evaluation = evaluate(EIGHT)
    assert "novelty" not in evaluation.rates
    assert evaluation.geometry is None


def test_reference_may_be_prepared_once():
    reference = together(methane(), carbon_dioxide())
    assert evaluate(EIGHT, Reference.of(reference)) == evaluate(EIGHT, reference)


def test_rdkit_is_silent(capfd):
    evaluate(EIGHT)
    assert capfd.readouterr() == ("", "")


def test_json_is_strict_and_reads_back_equal():
    evaluation = evaluate(EIGHT, EIGHT)
    text = json.dumps(evaluation.to_json(), allow_nan=False)
    assert Evaluation.from_json(json.loads(text)) == evaluation


@pytest.mark.parametrize("record", [{}, {"schema": 99}, {"schema": 1}, {"schema": 1, "rates": 3}])
def test_foreign_json_is_refused(record):
    with pytest.raises(UsageError):
        Evaluation.from_json(record)


def test_table_states_every_rate_in_plain_ascii():
    table = evaluate(EIGHT, EIGHT).table()
    assert table.isascii()
    assert all(LABELS[name] in table for name in counts(evaluate(EIGHT, EIGHT)))
    assert "5/8 (62.5 %)" in table
    assert "failed: valence" in table


coordinates = st.one_of(st.floats(-2, 2), st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e308]))
positions = arrays(float, st.tuples(st.integers(0, 9), st.just(3)), elements=coordinates)


@settings(max_examples=60, deadline=None)
@given(clouds=st.lists(positions, max_size=4), data=st.data())
def test_no_cloud_of_atoms_breaks_an_evaluation(clouds, data):
    element = st.sampled_from([0, 1, 6, 7, 8, 9, 16, 200, -3])
    molecules = together(
        *(
            Molecule(cloud, np.array([data.draw(element) for _ in cloud], np.int64))
            for cloud in clouds
        )
    )
    evaluation = evaluate(molecules, EIGHT)
    assert evaluation.molecules == len(clouds)
    assert json.dumps(evaluation.to_json(), allow_nan=False)
