"""EDM and GDM, patched: from the trainer's arguments to the loss that its model calls.

Upstream: ehoogeboom/e3_diffusion_for_molecules, commit fce07d7, `main_qm9.py` and
`main_geom_drugs.py`. Length scale: the first of `--normalize_factors`. Time: steps 0..T, noise at
T; at step 0 upstream's likelihood term replaces any error. Mask: 1 for real atoms.
Parametrization: noise.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from eloss_plugins import host
from eloss_plugins.errors import UsageError
from eloss_plugins.patched.ending import one_sentence
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.patched.settings import say_settings

OBJECTIVE = "l2"


def bind(args: Namespace, dataset_info: Mapping[str, Any]) -> PatchedLoss | None:
    """The loss that `args` asks for; prints what was resolved and stores it in `args`.

    Args:
        args: the trainer's; `loss_plugin` and `loss_options` beside upstream's own.
        dataset_info: upstream's; `atom_decoder` names the columns of the one-hot types.

    Returns:
        None for the loss `none`.
    """
    with one_sentence():
        bound = host.bind(
            target_of(args), args.loss_plugin, getattr(args, "loss_options", None) or ""
        )
        if bound is None:
            return None
        _check_objective(args)
        elements = elements_of(dataset_info)
    args.loss_options = bound.options
    say_settings(bound, getattr(args, "lr", None), "--lr")
    return PatchedLoss(bound, elements)


def target_of(args: Namespace) -> str:
    """`gdm`, `gdm-aug` or `edm`: whose numbers the tuned preset takes."""
    if getattr(args, "model", "") != "gnn_dynamics":
        return "edm"
    return "gdm-aug" if getattr(args, "data_augmentation", False) else "gdm"


def elements_of(dataset_info: Mapping[str, Any]) -> tuple[int, ...]:
    """Atomic numbers of the columns of the one-hot types; empty where the names are no elements."""
    from eloss_plugins.chem.elements import number_of

    try:
        return tuple(number_of(str(symbol)) for symbol in dataset_info["atom_decoder"])
    except (KeyError, TypeError, UsageError):
        return ()


def _check_objective(args: Namespace) -> None:
    found = getattr(args, "diffusion_loss_type", None)
    if found != OBJECTIVE:
        raise UsageError(
            f"--loss-plugin {args.loss_plugin} replaces the squared error of --diffusion_loss_type"
            f" {OBJECTIVE}; got {found}, a likelihood bound, which no other error can stand in:"
            f" use --diffusion_loss_type {OBJECTIVE} or --loss-plugin none"
        )
