"""EDM and GDM: the loss, its flags, a guard against NaN steps, the energy beside the NLL.

Upstream: ehoogeboom/e3_diffusion_for_molecules, commit fce07d7. The position part of the squared
error in `EnVariationalDiffusion.compute_loss` makes room for the bound loss; the feature part
stays upstream's `compute_error` on the other channels. In eval mode the error, and so the NLL,
stays whole, and the bound loss is only counted, for the log. The flags are declared without our
package; what they say outlives `--resume`, which puts a pickled namespace in place of `args`.
"""

from dataclasses import replace

from eloss_plugins.patching.patch_set import Anchor, Edit, Guard, PatchSet, Sign

_MODEL = "equivariant_diffusion/en_diffusion.py"
_LOOPS = "train_test.py"
_ASSIGNED = Anchor(
    "assign",
    scope="EnVariationalDiffusion.compute_loss",
    assigns="error",
    calls="self.compute_error",
)
_PARSED = Anchor("assign", assigns="args", calls="parser.parse_args")

_FLAGS = (
    "parser.add_argument('--loss-plugin', default=None, help='position loss: energy | mse | none')",
    "parser.add_argument('--loss-options', default=None, help='its settings: name=value,...')",
)
_KEPT = (
    "loss_flags = {'loss_plugin': args.loss_plugin, 'loss_options': args.loss_options}",
    "if args.loss_options and not args.loss_plugin: parser.error('options of no --loss-plugin')",
)
_BOUND = (
    "vars(args).update(loss_flags if loss_flags['loss_plugin'] else {})",
    "if getattr(args, 'loss_plugin', None) not in (None, 'none'):",
    "    from equivariant_diffusion.en_diffusion import EnVariationalDiffusion",
    "    try:",
    "        from eloss_plugins.patched.edm import bind as bind_position_loss",
    "    except ImportError as e:",
    "        parser.exit(5, f'--loss-plugin needs the package eloss-plugins: {e}\\n')",
    "    EnVariationalDiffusion.position_loss = bind_position_loss(args, dataset_info)",
)
_ENERGY = (
    "if getattr(self, 'position_loss', None) is not None:",
    "    position_error = self.position_loss(",
    "        prediction=net_out[:, :, :self.n_dims], noise=eps[:, :, :self.n_dims],",
    "        positions=xh[:, :, :self.n_dims], alpha=alpha_t, sigma=sigma_t, mask=node_mask,",
    "        features=xh[:, :, self.n_dims:], length_scale=self.norm_values[0],",
    "        numbers=self.position_loss.numbers(h['categorical']), training=self.training)",
)
_ERROR = (
    "if self.training and getattr(self, 'position_loss', None) is not None:",
    "    guess, truth = net_out[:, :, self.n_dims:], eps[:, :, self.n_dims:]",
    "    error = position_error + self.compute_error(guess, gamma_t, truth)",
)
_GUARD = (
    "if getattr(model, 'position_loss', None) is not None:",
    "    if model.position_loss.skips(loss, model.parameters()):",
    "        continue",
)
_REPORT = (
    "position_loss = getattr(getattr(eval_model, 'module', eval_model), 'position_loss', None)",
    "if position_loss is not None:",
    "    position_loss.report(partition, globals().get('wandb'))",
)


def _script(file: str, *, optional: bool) -> tuple[Edit, ...]:
    """The edits of a training script."""
    start = Anchor("call", calls="utils.create_folders", arguments=("args",))
    return (
        Edit(file, _PARSED, "before", _FLAGS, optional),
        Edit(file, _PARSED, "after", _KEPT, optional),
        Edit(file, start, "before", _BOUND, optional),
    )


PATCH_SET = PatchSet(
    name="edm",
    title="EDM and GDM (E(3) diffusion for molecules)",
    homepage="https://github.com/ehoogeboom/e3_diffusion_for_molecules",
    licence="MIT",
    commit="fce07d701a2d2340f3522df588832c2c0f7e044a",
    tested=("fce07d7",),
    version=1,
    signs=(Sign("main_qm9.py"), Sign(_MODEL, "EnVariationalDiffusion.compute_loss")),
    guards=(
        Guard(
            "it diffuses in a latent space (EnLatentDiffusion), where there are no distances"
            " between atoms",
            _MODEL,
            symbol="EnLatentDiffusion",
        ),
        Guard(
            "this checkout already contains energy-loss edits (get_energy_coeffs)",
            _MODEL,
            symbol="EnVariationalDiffusion.get_energy_coeffs",
        ),
    ),
    edits=(
        *_script("main_qm9.py", optional=False),
        *_script("main_geom_drugs.py", optional=True),
        # before any of several assignments would be a guess; after one of another prediction too
        Edit(_MODEL, _ASSIGNED, "before", _ENERGY),
        Edit(_MODEL, replace(_ASSIGNED, arguments=("net_out",)), "after", _ERROR),
        Edit(_LOOPS, Anchor("call", scope="train_epoch", calls="loss.backward"), "after", _GUARD),
        Edit(_LOOPS, Anchor("return", scope="test", which="last"), "before", _REPORT),
    ),
    next_command="python main_qm9.py --model gnn_dynamics --loss-plugin energy",
)
