"""QM9 as in the paper: 100,000 molecules, 3,000 epochs."""

from eloss_plugins.recipes.recipe import Recipe, Sourced, all_from

PAPER = "arXiv 2511.02087, C.2.1"
JODO = "GRAPH-0/JODO 0e6326a, configs/vpsde_qm9_uncond_jodo.py"
OURS = "ours, as edm: no flow matching is published for this loss"

DIFFUSION = all_from(PAPER, data="qm9", model_preset="paper-qm9", epochs=3000, ema_decay=0.9999)
GDM = {**DIFFUSION, "batch_size": Sourced(512, PAPER)}

PAPER_QM9 = Recipe(
    name="paper-qm9",
    summary="QM9 at the size and length of the paper; days on one GPU",
    trainers={
        "gdm": GDM,
        "gdm-aug": GDM,
        "edm": {**DIFFUSION, "batch_size": Sourced(400, PAPER)},
        "jodo": all_from(
            JODO,
            data="qm9",
            model_preset="paper-qm9",
            steps=1_500_000,
            batch_size=128,
            warmup=100_000,
            ema_decay=0.999,
        ),
        "flow": all_from(
            OURS,
            data="qm9",
            model_preset="paper-qm9",
            epochs=3000,
            batch_size=400,
            ema_decay=0.9999,
        ),
    },
)
