import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.build import build
from eloss_plugins.graphs.rigid.build_many import build_many
from tests.graphs.clouds import chain


class Counter:
    done = 0

    def advance(self, n=1, **fields):
        self.done += n

    def say(self, text):
        raise AssertionError(text)


def check(processes):
    structures, counter = [chain(20, seed) for seed in range(4)], Counter()
    graphs = build_many(structures, processes=processes, progress=counter)
    assert counter.done == 4
    for structure, graph in zip(structures, graphs, strict=True):
        assert np.array_equal(graph.edges, build(structure).edges)


def test_graphs_are_those_of_build_and_progress_is_told():
    check(None)


@pytest.mark.slow
def test_processes_give_the_same_graphs():
    check(2)


def test_no_processes_are_refused():
    with pytest.raises(UsageError, match="processes"):
        build_many([], processes=0)
