"""All numbers of the polygons as tables."""

from collections.abc import Callable

from eloss_plugins.cli.shaping.findings import over_angles, over_counts, spot_text
from eloss_plugins.cli.shaping.holding import Held
from eloss_plugins.report.model import Table
from eloss_plugins.report.shapes_model import angle_text
from eloss_plugins.shapes import rates
from eloss_plugins.shapes.losses import bound
from eloss_plugins.shapes.plan import RATES
from eloss_plugins.shapes.polygon import shrinkage
from eloss_plugins.shapes.quality import Quality

HIDDEN = ("target", "loss", "version", "preset")
"""Of what a loss came to: said elsewhere."""

COLUMNS: tuple[tuple[str, Callable[[Quality], float], int], ...] = (
    ("Q", lambda quality: quality.regularity, 2),
    ("Q with the radius", lambda quality: quality.fidelity, 2),
    ("angles", lambda quality: quality.gaps, 5),
    ("radius", lambda quality: quality.spread, 5),
    ("radius against the true one", lambda quality: quality.error, 5),
    ("mean radius / true", lambda quality: quality.radius_ratio, 3),
)


def tables(held: Held) -> list[Table]:
    """Every table that there are numbers for."""
    found = [angle_table(held)]
    found += [count_table(held)] if held.counts else []
    found += [time_table(held)] if held.timed else []
    found += [rate_table(held)] if held.swept else []
    return [*found, settings_table(held)]


def angle_table(held: Held) -> Table:
    """Every loss at every theta."""
    columns = [over_angles(held, y) for _, y, _ in COLUMNS]
    rows = [
        (
            columns[0][loss].label,
            angle_text(angle),
            *(
                spot_text(column[loss].spots[place], digits)
                for column, (_, _, digits) in zip(columns, COLUMNS, strict=True)
            ),
            f"{shrinkage(angle):.3f}",
        )
        for loss in range(len(columns[0]))
        for place, angle in enumerate(held.plan.angles)
    ]
    header = ("loss", "θ", *(name for name, _, _ in COLUMNS), "sin θ / θ")
    note = (
        f"{held.plan.vertices} vertices; means and ranges of {len(held.plan.seeds)} seeds. The two "
        "parts of Q are “angles” and “radius”."
    )
    return Table("Over θ", header, tuple(rows), note)


def count_table(held: Held) -> Table:
    """Every loss at every N."""
    q = over_counts(held, COLUMNS[0][1])
    fidelity = over_counts(held, COLUMNS[1][1])
    rows = [
        (one.label, f"{a.x:g}", spot_text(a), spot_text(b))
        for one, other in zip(q, fidelity, strict=True)
        for a, b in zip(one.spots, other.spots, strict=True)
    ]
    note = (
        f"θ = {angle_text(max(held.plan.angles))}, {held.plan.counts_batch_size} polygons a step."
    )
    return Table(
        "Over the number of vertices", ("loss", "vertices", *_names()[:2]), tuple(rows), note
    )


def time_table(held: Held) -> Table:
    """Milliseconds of a step."""
    rows = [(it.label, str(it.vertices), f"{1000 * it.seconds:.1f} ms") for it in held.timed]
    note = "One polygon, one core: network, loss, gradient, optimiser; median after a first step."
    return Table("Wall time of a step", ("loss", "vertices", "time"), tuple(rows), note)


def rate_table(held: Held) -> Table:
    """The sweep of learning rates."""
    found = {(it.label, it.rate): it for it in rates.scores(held.swept)}
    rows = [
        (one.label, *(_tried(found[one.label, rate]) for rate in RATES), f"{one.rate:g}")
        for one in held.contenders
    ]
    header = ("loss", *(f"{rate:g}" for rate in RATES), "chosen")
    note = (
        "Mean and range of Q with the radius at θ = 0, with three seeds of its own; the same for "
        "each. Chosen is the least rate whose seeds reach those of the highest mean."
    )
    return Table("Sweep of learning rates", header, tuple(rows), note)


def _tried(tried: rates.Tried) -> str:
    return f"{tried.mean:.2f} ({tried.low:.2f} to {tried.high:.2f})"


def settings_table(held: Held) -> Table:
    """What each loss came to."""
    rows = [
        (one.label, f"{one.rate:g}", ", ".join(f"{k}={v}" for k, v in settings.items()))
        for one, settings in zip(held.contenders, resolved(held), strict=True)
    ]
    return Table("Settings of the losses", ("loss", "learning rate", "options"), tuple(rows))


def resolved(held: Held) -> list[dict[str, object]]:
    """Every option of each loss, without those that are not set."""
    return [
        {
            name: value
            for name, value in bound(one).describe().items()
            if value is not None and name not in HIDDEN
        }
        for one in held.contenders
    ]


def _names() -> list[str]:
    return [name for name, _, _ in COLUMNS]
