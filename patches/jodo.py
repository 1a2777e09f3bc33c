"""JODO: the loss in both of its objectives that have positions, its flags, a guard against NaN.

Upstream: GRAPH-0/JODO, commit 0e6326a. Its flags are absl's and its configuration is locked after
parsing, so ours are declared beside upstream's own, without our package, and what they say reaches
`losses.py` as one name of that module. Where `loss_fn` has made the positions' squared error of a
data prediction, the bound loss takes its place; the weight of the term and the factor
sqrt(alpha / sigma) stay upstream's. The objective with bonds hands on those of the data
set. Outside of training nothing changes.
"""

from eloss_plugins.patching.patch_set import Anchor, Edit, Guard, PatchSet, Sign

_SCRIPT = "main.py"
_LOSSES = "losses.py"
_CONFIG = Anchor("call", calls="config_flags.DEFINE_config_file", arguments=("'config'",))

_NODES = "pred, align_pos, xh, node_mask"
_GRAPH = f"{_NODES}, edge_x"

_FLAGS = (
    "flags.DEFINE_string('loss-plugin', 'none', 'position loss: energy | mse | none')",
    "flags.DEFINE_string('loss-options', '', 'its settings: name=value,...')",
)
_BOUND = (
    "if FLAGS['loss-plugin'].value != 'none':",
    "    try:",
    "        from eloss_plugins.patched.jodo import bind",
    "    except ImportError as e:",
    "        logging.error(f'--loss-plugin needs the package eloss-plugins: {e}')",
    "        return 5",
    "    run_lib.losses.position_loss = bind(FLAGS)",
)
_NAME = ("position_loss = None",)
_GUARD = (
    "if position_loss is not None and position_loss.skips(loss, model.parameters()):",
    "    return loss",
)


def _loss(arguments: str) -> tuple[str, str]:
    call = f"    losses_pos = position_loss({arguments})"
    return ("if train and position_loss is not None:", call)


def _error(objective: str) -> Anchor:
    """The last step of the squared error of predicted positions: the sum over atoms."""
    squared = Anchor(
        "assign",
        assigns="losses_pos",
        calls="torch.square",
        arguments=("pred[:, :, :3] - align_pos",),
    )
    scope = f"{objective}.loss_fn"
    return Anchor("assign", scope, assigns="losses_pos", calls="torch.sum", below=squared)


PATCH_SET = PatchSet(
    name="jodo",
    title="JODO (joint 2D and 3D diffusion of complete molecules)",
    homepage="https://github.com/GRAPH-0/JODO",
    licence="MIT",
    commit="0e6326a6b8d8ad027b3fbf3ddfd5065133a36693",
    tested=("0e6326a",),
    version=2,
    signs=(Sign("run_lib.py"), Sign(_LOSSES, "get_sde_graph_loss_fn.loss_fn")),
    guards=(
        Guard(
            "this checkout already contains energy-loss edits (compute_energy_loss)",
            _LOSSES,
            text="compute_energy_loss",
        ),
    ),
    edits=(
        Edit(_SCRIPT, _CONFIG, "after", _FLAGS),
        Edit(_SCRIPT, Anchor("call", scope="main", calls="run_lib.train"), "before", _BOUND),
        Edit(_LOSSES, Anchor("function", assigns="get_step_fn"), "before", _NAME),
        Edit(
            _LOSSES, Anchor("call", "get_step_fn.step_fn", calls="loss.backward"), "after", _GUARD
        ),
        Edit(_LOSSES, _error("get_sde_node_loss_fn"), "after", _loss(_NODES)),
        Edit(_LOSSES, _error("get_sde_graph_loss_fn"), "after", _loss(_GRAPH)),
    ),
    next_command="python main.py --config configs/vpsde_qm9_uncond_jodo.py --mode train"
    " --workdir exp_uncond/energy --loss-plugin energy",
)
