"""The losses under torch.compile: one graph, any shapes, the same numbers."""

import pytest
import torch

from core.batches import flat, padded
from eloss_plugins.core import STIFFNESS_LAWS, Energy, Gram, Kabsch, LossBatch, energy_loss

pytestmark = pytest.mark.slow
WARNINGS = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def compiled(function, backend="aot_eager"):
    """Traced whole, forwards and backwards; `aot_eager` leaves out the C++ compiler's seconds."""
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    return torch.compile(function, fullgraph=True, dynamic=True, backend=backend)


def value_and_slope(function, residual, *rest):
    residual = residual.detach().clone().requires_grad_()
    loss = function(residual, *rest)
    return loss.detach(), *torch.autograd.grad(loss.sum(), residual)


def assert_same(function, other, *inputs):
    for actual, expected in zip(
        value_and_slope(function, *inputs), value_and_slope(other, *inputs), strict=True
    ):
        assert (actual - expected).norm() <= 1e-6 * expected.norm()


def padded_loss(loss):
    def of(residual, target, signal, noise, mask):
        return loss(LossBatch(target, residual, signal, noise, mask))

    return of


def parts(batch):
    return batch.residual, batch.target, batch.signal, batch.noise, batch.mask


@WARNINGS
def test_one_graph_serves_ten_shapes_of_padded_batches():
    plain = padded_loss(Energy())
    function = compiled(plain)
    for step in range(10):
        sizes = tuple(range(2 + step, 5 + 2 * step))
        assert_same(function, plain, *parts(padded(dtype=torch.float32, sizes=sizes)))
    assert not torch._dynamo.utils.counters["graph_break"]
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] <= 3


@WARNINGS
def test_generated_code_gives_the_same_numbers():
    plain = padded_loss(Energy())
    function = compiled(plain, backend="inductor")
    assert_same(function, plain, *parts(padded(dtype=torch.float32)))


@WARNINGS
@pytest.mark.parametrize("law", ["inverse", "lennard-jones", "from-potential"])
def test_laws_compile(law):
    loss = Energy(STIFFNESS_LAWS[law](), reduction="per_atom", normalize="mean_one")
    plain = padded_loss(loss)
    assert_same(compiled(plain), plain, *parts(padded(dtype=torch.float32)))


@WARNINGS
@pytest.mark.parametrize("loss", [Kabsch(), Gram(), Energy(gram=0.1)])
def test_other_losses_compile(loss):
    plain = padded_loss(loss)
    assert_same(compiled(plain), plain, *parts(padded(dtype=torch.float32, sizes=(6, 5, 4))))


@WARNINGS
def test_the_front_door_compiles_under_autocast():
    batch = padded(dtype=torch.float32)

    def plain(residual, target, mask):
        return energy_loss(target + residual, target, mask)

    function = compiled(plain)
    with torch.autocast("cpu", torch.bfloat16):
        assert_same(function, plain, batch.residual, batch.target, batch.mask)


@WARNINGS
def test_edge_lists_of_flat_batches_compile():
    batch, _ = flat(padded(dtype=torch.float32))
    edges = batch.bonds.index

    def plain(residual, target, owner, edges):
        options = {"batch": owner, "edges": edges, "num_molecules": 5}
        return energy_loss(target + residual, target, **options)

    assert_same(compiled(plain), plain, batch.residual, batch.target, batch.batch, edges)


@WARNINGS
def test_laws_of_the_users_own_compile():
    def stiff(pairs):
        return pairs.distances**-3

    plain = padded_loss(Energy(stiff))
    assert_same(compiled(plain), plain, *parts(padded(dtype=torch.float32)))
