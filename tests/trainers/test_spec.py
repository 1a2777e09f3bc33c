import json
from dataclasses import asdict, fields, replace

import pytest
from toy_batches import ELEMENTS, SIZES

from eloss_plugins.trainers import edm, flow, gdm, gdm_aug, jodo
from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.parts import sampling_config

SPECS = pytest.mark.parametrize("spec", [gdm.SPEC, gdm_aug.SPEC, edm.SPEC], ids=lambda s: s.name)

BLOCK = [
    "gcl_0.edge_mlp.0", "gcl_0.edge_mlp.2", "gcl_0.node_mlp.0", "gcl_0.node_mlp.2",
    "gcl_0.att_mlp.0", "gcl_equiv.coord_mlp.0", "gcl_equiv.coord_mlp.2",
]  # fmt: skip


@SPECS
def test_name_is_the_adapters_target(spec):
    assert spec.name == spec.target
    assert spec.summary


@SPECS
@pytest.mark.parametrize("preset", ["paper-qm9", "paper-geom", "small", "tiny"])
def test_presets_survive_json(spec, preset):
    config = spec.presets[preset]
    read = json.loads(json.dumps(asdict(config)))
    tuples = {f.name: tuple(read[f.name]) for f in fields(config) if isinstance(read[f.name], list)}
    assert DiffusionConfig(**{**read, **tuples}) == config


@SPECS
def test_elements_may_be_listed_or_counted(spec):
    assert spec.build(SIZES, ELEMENTS).elements == spec.build(SIZES, 5).elements == 5


def test_state_dict_has_upstreams_names():
    """Names of a two-block EDM, as its checkpoints have them."""
    names = [f"{part}.{kind}" for part in BLOCK for kind in ("weight", "bias")]
    names += ["gcl_equiv.coord_mlp.4.weight"]
    outer = ["embedding", "embedding_out"]
    expected = {f"dynamics.egnn.e_block_{i}.{name}" for i in (0, 1) for name in names}
    expected |= {f"dynamics.egnn.{name}.{kind}" for name in outer for kind in ("weight", "bias")}
    expected |= {"gamma.gamma", "buffer"}
    assert set(edm.SPEC.build(SIZES, ELEMENTS).state_dict()) == expected


def test_paper_size_has_the_papers_number_of_parameters():
    """9 layers, 256 features: 5.3 million in EDM's message and position networks."""
    model = edm.SPEC.build(edm.SPEC.presets["paper-qm9"], ELEMENTS)
    count = sum(p.numel() for p in model.parameters())
    width = 256
    gcl = (
        (2 * width + 2 + 1) * width + 2 * (width + 1) * width + (2 * width + 1) * width + width + 1
    )
    position = (2 * width + 2 + 1) * width + (width + 1) * width + width
    outer = (7 + 1) * width + (width + 1) * 7
    assert count == 9 * (gcl + position) + outer


@pytest.mark.parametrize(
    ("spec", "sampling"),
    [
        (jodo.SPEC, {"sampler": "dpm-solver", "solver_order": 1, "solver_steps": "multi"}),
        (flow.SPEC, {"solver": "rk4", "relative_tolerance": 0.1, "absolute_tolerance": 0.1}),
    ],
    ids=lambda it: getattr(it, "name", None),
)
def test_sampling_touches_no_weight(spec, sampling):
    assert set(sampling) == spec.sampling
    trained = spec.build(spec.presets["tiny"], 5)
    other = spec.build(sampling_config(spec, {"preset": "tiny"}, sampling), 5)
    other.load_state_dict(trained.state_dict())
    assert all(str(getattr(other.config, name)) == str(sampling[name]) for name in sampling)


def test_sampling_that_is_no_field_is_refused():
    with pytest.raises(ValueError, match="trainer gdm must name fields of its config; got speed"):
        replace(gdm.SPEC, sampling=frozenset({"speed"}))
