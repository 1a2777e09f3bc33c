"""The contract under torch.compile: one graph for sound losses, a sentence for others."""

import pytest
import torch
from test_contract import batch, per_molecule

from eloss_plugins import host
from eloss_plugins.contract import CheckedLoss
from eloss_plugins.errors import PluginError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(  # torch's own, while it traces
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:The .grad attribute"
    ),
]


def compiled(function, *, fullgraph=True):
    torch._dynamo.reset()
    return torch.compile(function, fullgraph=fullgraph, dynamic=True, backend="eager")


def edm_inputs(molecules: int, atoms: int):
    generator = torch.Generator().manual_seed(molecules)
    prediction, noise, positions = torch.randn(3, molecules, atoms, 3, generator=generator)
    positions = positions - positions.mean(1, keepdim=True)
    levels = torch.rand(2, molecules, 1, 1, generator=generator)
    mask = torch.ones(molecules, atoms, dtype=torch.bool)
    return prediction.requires_grad_(), noise, positions, *levels, mask


@pytest.mark.parametrize("loss", ["energy", "mse", "mae", "kabsch"])
def test_bound_loss_is_one_graph_from_its_first_call_on(loss):
    plain = host.bind("edm", loss)
    function = compiled(host.bind("edm", loss))
    for molecules, atoms in ((4, 6), (3, 5), (4, 6)):
        inputs = edm_inputs(molecules, atoms)
        assert torch.allclose(function(*inputs), plain(*inputs), rtol=1e-5)


@pytest.mark.parametrize(
    ("loss", "cause"),
    [
        (lambda b: None, "got None"),
        (lambda b: per_molecule(b).sum(), r"got shape \(\)"),
        (lambda b: per_molecule(b).half(), "got torch.float16"),
        (lambda b: per_molecule(b).detach(), "got one without gradient"),
    ],
)
def test_wrong_answer_is_found_while_tracing(loss, cause):
    function = compiled(CheckedLoss(loss, "loss `odd`"), fullgraph=False)
    with pytest.raises(PluginError, match=f"loss `odd` must return a tensor.*{cause}"):
        function(batch())


def test_wrong_answer_makes_no_whole_graph():
    function = compiled(CheckedLoss(lambda b: per_molecule(b).sum(), "loss `odd`"))
    with pytest.raises(torch._dynamo.exc.Unsupported):
        function(batch())
