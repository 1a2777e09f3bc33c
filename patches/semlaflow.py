"""SemlaFlow: the loss of coordinates, its flags, a guard against NaN steps.

Upstream: rssrwn/semla-flow, commit 2f41e57. In `MolecularCFM._loss`, where the squared error of
each molecule has been averaged, the bound loss takes its place; the mean over the batch, and
whatever a fork does between the two, stay. `_distill_loss` has the same statements and is left
alone. `_loss` does not see the times, so `training_step` lays them beside the noisy coordinates.
"""

from eloss_plugins.patching.patch_set import Anchor, Edit, Guard, PatchSet, Sign

_MODEL = "semlaflow/models/fm.py"
_SCRIPT = "semlaflow/train.py"
_PARSED = Anchor("assign", assigns="args", calls="parser.parse_args")
_TRAINER = Anchor("assign", scope="main", assigns="trainer", calls="build_trainer")
_AVERAGED = Anchor(
    "assign",
    scope="MolecularCFM._loss",
    assigns="coord_loss",
    calls="mean",
    arguments=("dim=(1, 2)",),
)

_FLAGS = (
    "parser.add_argument('--loss-plugin', default='none', help='loss: energy | mse | none')",
    "parser.add_argument('--loss-options', default='', help='its settings: name=value,...')",
    "parser.add_argument('--loss-time-weight', default='own', choices=('own', 'paper'))",
)
_BOUND = (
    "if args.loss_plugin != 'none':",
    "    try:",
    "        from eloss_plugins.patched.semlaflow import bind as bind_position_loss",
    "    except ImportError as e:",
    "        parser.exit(5, f'--loss-plugin needs the package eloss-plugins: {e}\\n')",
    "    MolecularCFM.position_loss = bind_position_loss(args)",
)
_GUARD = (
    "if getattr(MolecularCFM, 'position_loss', None) is not None:",
    "    MolecularCFM.position_loss.watch(trainer)",
)
_TIMES = ("interpolated = {**interpolated, 'times': times}",)
_LOSS = (
    "if getattr(self, 'position_loss', None) is not None:",
    "    coord_loss = self.position_loss(",
    "        prediction=pred_coords, positions=coords, time=interpolated['times'], mask=mask,",
    "        noisy=interpolated['coords'], adjacency=data['bonds'],",
    "        length_scale=self.coord_scale, training=self.training)",
)

PATCH_SET = PatchSet(
    name="semlaflow",
    title="SemlaFlow (flow matching of molecules with bonds)",
    homepage="https://github.com/rssrwn/semla-flow",
    licence="MIT",
    commit="2f41e571b38c64d44786c04e7a116078b29d3585",
    tested=("2f41e57",),
    version=2,
    signs=(Sign(_SCRIPT), Sign(_MODEL, "MolecularCFM._loss")),
    guards=(
        Guard(
            "this checkout has an energy loss of its own (energy_loss_weight)",
            _MODEL,
            text="energy_loss_weight",
        ),
    ),
    edits=(
        Edit(_SCRIPT, _PARSED, "before", _FLAGS),
        Edit(_SCRIPT, _PARSED, "after", _BOUND),
        Edit(_SCRIPT, _TRAINER, "after", _GUARD),
        Edit(
            _MODEL,
            Anchor("assign", "MolecularCFM.training_step", assigns="losses", calls="self._loss"),
            "before",
            _TIMES,
        ),
        Edit(_MODEL, _AVERAGED, "after", _LOSS),
    ),
    next_command="python -m semlaflow.train --data_path DATA --dataset qm9 --loss-plugin energy",
)
