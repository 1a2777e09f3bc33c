import json
import pickle
import resource
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
import torch

from eloss_plugins import host, plugins
from eloss_plugins.core.losses import Energy
from eloss_plugins.core.stiffness import Exponential, Inverse
from eloss_plugins.errors import PluginError, Refused, UsageError
from eloss_plugins.plugins import PluginWarning

ADAPTER = """
from eloss_plugins import hookimpl

class Bound:
    def __init__(self, loss):
        self.loss = loss

    def __call__(self, prediction, target):
        import torch
        from eloss_plugins.core.loss_batch import LossBatch
        ones = torch.ones(len(target), dtype=target.dtype)
        return self.loss(LossBatch(target, prediction - target, ones, ones))

@hookimpl
def bind_trainer(target, options):
    return Bound(options.loss) if target == "toy" else None
"""


@pytest.fixture(autouse=True)
def _toy_trainer(site):
    site.add("toy-adapter", ADAPTER)


def positions(seed: int = 0) -> torch.Tensor:
    return torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(seed))


def bound(loss: str = "energy", options: object = "") -> host.BoundLoss:
    made = host.bind("toy", loss, options)
    assert made is not None
    return made


def test_bound_loss_is_the_loss_in_the_adapters_form():
    prediction, target = positions(1).requires_grad_(), positions(2)
    e = torch.linalg.vector_norm(prediction[:, :, None] - prediction[:, None] + 1e-12, dim=-1)
    d = torch.linalg.vector_norm(target[:, :, None] - target[:, None] + 1e-12, dim=-1)
    expected = ((-d).exp() * (d - e).square()).sum((1, 2)) / 2
    assert torch.allclose(bound()(prediction, target), expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["none", "None", " NONE "])
def test_none_loads_no_plugin_and_binds_nothing(site, name):
    site.add("faulty", "1 / 0")
    assert host.bind("toy", name) is None


def test_broken_selected_plugin_is_refused_within_two_seconds_and_without_torch(site):
    site.add("faulty", "import no_such_dep", version="0.3")
    code = f"""
import sys
sys.path.insert(0, {str(site.path)!r})
from eloss_plugins.cli.main import main
code = main(["train", "gdm", "--loss-plugin", "faulty", "--data", "bundled", "--steps", "1"])
print(code, "torch" in sys.modules, "numpy" in sys.modules)
"""
    begun = seconds_of_children()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "3 False False\n"
    assert "`faulty:faulty` (version 0.3)" in done.stderr
    assert seconds_of_children() - begun < 2


def seconds_of_children() -> float:
    """Of the processor: the machine may be busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_none_takes_no_options():
    with pytest.raises(UsageError, match="`none` keeps the trainer's own loss and takes no"):
        host.bind("toy", "none", "weight=1")


def test_none_leaves_torch_and_plugins_alone():
    code = "import sys; from eloss_plugins import host; print(host.bind('edm', 'none'));"
    code += "print({'torch', 'eloss_plugins.builtin'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "None\nset()\n", done.stderr


def test_description_names_everything_in_order():
    options = "stiffness=inverse,prefactor=5,reduction=per_atom,weight=0.05"
    assert list(bound(options=options).describe().items()) == [
        ("target", "toy"),
        ("loss", "energy"),
        ("plugin", "eloss-plugins:builtin"),
        ("version", "0.1.0"),
        ("preset", None),
        ("stiffness", "inverse"),
        ("stiffness.prefactor", 5.0),
        ("stiffness.length", 1.0),
        ("stiffness.epsilon", 0.0),
        ("edges", "complete"),
        ("temperature", 1.0),
        ("reduction", "per_atom"),
        ("weight", 0.05),
        ("maximal_weight", None),
        ("distances", "positions"),
        ("normalize", "none"),
        ("segments", "torch"),
        ("gram", 0.0),
    ]


def test_description_is_plain_and_a_copy():
    made = bound()
    described = made.describe()
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    described.clear()
    assert made.describe()


@pytest.mark.parametrize(
    ("loss", "options"),
    [
        *(
            (loss, text)
            for loss in ("energy", "mse", "mae", "kabsch")
            for text in ("", "preset=paper")
        ),
        ("gram", ""),
        ("energy", "stiffness=morse,well_depth=2,gram=0.1"),
        ("energy", "stiffness=lennard-jones,bonded=9,edges=bonds"),
        ("energy", "stiffness=from-potential,maximal_weight=10"),
    ],
)
def test_options_of_a_bound_loss_bind_it_again(loss, options):
    first = bound(loss, options)
    again = bound(loss, first.options)
    assert again.function.loss.loss == first.function.loss.loss
    assert again.describe() | {"preset": None} == first.describe() | {"preset": None}


def test_mapping_of_typed_values_is_taken():
    assert bound(options={"weight": 0.5, "stiffness": "inverse"}).describe()["weight"] == 0.5


def law(options: str, target: str = "edm", loss: str = "energy") -> Energy:
    made = host.bind(target, loss, options)
    return made.function.loss.loss


def test_bare_law_is_the_papers_formula():
    assert law("stiffness=exponential") == Energy(Exponential(1.0, 1.0))


def test_preset_gives_the_prefactor_of_the_chosen_law():
    assert law("preset=authors-edm,stiffness=inverse").stiffness == Inverse(5.0, 1.0, 1e-5)


def test_options_override_the_preset():
    assert law("preset=authors-edm,prefactor=7").stiffness == Exponential(7.0)


@pytest.mark.parametrize("target", ["gdm", "gdm-aug", "edm"])
def test_no_options_mean_the_tuned_preset_of_the_trainer(target):
    made = host.bind(target, "energy")
    assert made.describe()["preset"] == "tuned"
    assert made.function.loss.loss == law("preset=tuned", target)
    assert law("", target).stiffness.prefactor == 42.0


def test_trainer_without_tuned_values_takes_the_papers_formula():
    assert bound().function.loss.loss == Energy()
    assert bound().describe()["preset"] is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("preset=papr", "Did you mean `paper`?"),
        ("preset=tuned", "Preset `tuned` has no values for this loss"),
        ("preset=paper,stiffness=from-potential", "no values for this loss with stiffness=from-"),
        ("wieght=1", "Did you mean `weight`?"),
        ("weight=nan", "finite number"),
        ("temperature=0", "temperature"),
        ("stiffness=exponental", "Did you mean `exponential`?"),
    ],
)
def test_option_that_does_not_fit_is_refused(options, expected):
    with pytest.raises(UsageError) as caught:
        bound(options=options)
    assert expected in str(caught.value)


def test_loss_that_two_plugins_have_is_bound_by_distribution(site):
    site.add_loss("acme", "energy")
    with pytest.raises(UsageError, match="acme:energy"):
        bound("energy")
    assert bound("eloss-plugins:energy").describe()["plugin"] == "eloss-plugins:builtin"
    assert bound("acme:energy").describe()["plugin"] == "acme:acme"


def test_unknown_target_says_who_was_asked():
    with pytest.raises(UsageError, match=r"`moon`; asked: .*toy-adapter:toy_adapter"):
        host.bind("moon", "energy")


def test_broken_plugin_that_is_asked_for_stops_before_training(site):
    site.add("faulty", "import no_such_dep", version="0.3")
    with (
        pytest.warns(PluginWarning),
        pytest.raises(Refused, match=r"`faulty:faulty` \(version 0.3\).*no_such_dep"),
    ):
        bound("faulty")


def test_wrong_answer_of_a_plugin_is_named_on_the_first_call(site):
    site.add_loss("acme", "empty")
    with pytest.raises(PluginError, match=r"loss `empty` of plugin `acme:acme`.*got None"):
        bound("empty")(positions(), positions())


def test_failing_adapter_is_named_and_its_cause_kept():
    with pytest.raises(PluginError, match="adapter for `toy` of plugin `toy-adapter") as caught:
        bound()(positions(), "text")
    assert caught.value.__cause__ is not None


def test_bound_loss_survives_a_pickle():
    again = pickle.loads(pickle.dumps(bound(options="prefactor=3")))
    assert again.describe() == bound(options="prefactor=3").describe()
    assert torch.equal(
        again(positions(1), positions(2)), bound(options="prefactor=3")(positions(1), positions(2))
    )


@pytest.mark.slow
def test_bound_loss_reaches_a_spawned_process():
    made = host.bind("edm", "energy")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(made.describe).result() == made.describe()


OBSERVER = """
from eloss_plugins import hookimpl
seen = []
@hookimpl
def after_loss(step, terms):
    seen.append((step, terms))
    if step == 13:
        raise ValueError("unlucky")
"""


def test_observer_is_told_detached_terms(site):
    site.add("watcher", OBSERVER)
    host.after_loss("toy", 1, {"loss": torch.ones(2, requires_grad=True) * 2, "lr": 0.1})
    ((step, terms),) = sys.modules["watcher"].seen
    assert (step, terms["loss"].tolist(), terms["lr"]) == (1, [2.0, 2.0], 0.1)
    assert not terms["loss"].requires_grad


def test_observer_that_raises_is_warned_about_once_and_left_out(site):
    site.add("watcher", OBSERVER)
    site.add("witness", OBSERVER.replace("13", "-1"))
    with pytest.warns(PluginWarning, match=r"watcher.*at step 13.*ValueError: unlucky"):
        host.after_loss("toy", 13, {})
    host.after_loss("toy", 14, {})
    assert [step for step, _ in sys.modules["watcher"].seen] == [13]
    assert [step for step, _ in sys.modules["witness"].seen] == [13, 14]


def test_nobody_listening_costs_next_to_nothing():
    import timeit

    host.after_loss("toy", 0, {})
    assert plugins.load().observers == ()
    once = min(timeit.repeat(lambda: host.after_loss("toy", 0, {}), number=1000, repeat=5)) / 1000
    assert once < 20e-6
