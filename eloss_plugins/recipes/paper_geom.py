"""GEOM-Drugs as in the paper: 13 epochs."""

from collections.abc import Mapping

from eloss_plugins.recipes.recipe import Recipe, Sourced, Value, all_from

PAPER = "arXiv 2511.02087, C.2.2"
AVERAGE = "arXiv 2511.02087, C.2.1: said of QM9, C.2.2 names no other"
LIKEWISE = "as gdm-aug in arXiv 2511.02087, C.2.2, which trains that one alone on GEOM-Drugs"
JODO = "GRAPH-0/JODO 0e6326a, configs/vpsde_geom_uncond_jodo.py"
OURS = "ours, as edm: no flow matching is published for this loss"

SETTINGS: Mapping[str, Value] = {
    "data": "geom-drugs",
    "model_preset": "paper-geom",
    "epochs": 13,
    "batch_size": 128,
}
DECAY = {"ema_decay": Sourced(0.9999, AVERAGE)}

PAPER_GEOM = Recipe(
    name="paper-geom",
    summary="GEOM-Drugs at the size and length of the paper; days on four GPUs",
    trainers={
        "gdm": {**all_from(LIKEWISE, **SETTINGS), **DECAY},
        "gdm-aug": {**all_from(PAPER, **SETTINGS), **DECAY},
        "edm": {**all_from(LIKEWISE, **SETTINGS), **DECAY},
        "jodo": all_from(
            JODO,
            data="geom-drugs",
            model_preset="paper-geom",
            steps=1_500_000,
            batch_size=16,
            warmup=100_000,
            ema_decay=0.999,
        ),
        "flow": all_from(OURS, **SETTINGS, ema_decay=0.9999),
    },
)
