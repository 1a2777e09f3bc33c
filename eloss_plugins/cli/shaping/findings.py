"""What the polygons have shown, in sentences."""

from collections.abc import Callable, Iterator
from math import log

from eloss_plugins.cli.shaping.holding import Held
from eloss_plugins.report.shapes_model import angle_text
from eloss_plugins.shapes import results
from eloss_plugins.shapes.landscape import DRAWS
from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.polygon import shrinkage
from eloss_plugins.shapes.quality import LEAST_DEVIATION, Quality
from eloss_plugins.shapes.results import Series, Spot
from eloss_plugins.shapes.training import DRAWN_RADII, JUDGED, Run


def angle_of(run: Run) -> float:
    """The place of a run over theta."""
    return run.task.angle


def vertices_of(run: Run) -> float:
    """The place of a run over N."""
    return run.task.vertices


def over_angles(held: Held, y: Callable[[Quality], float]) -> tuple[Series, ...]:
    """A number of every loss over theta."""
    return results.over(held.angles, angle_of, y)


def over_counts(held: Held, y: Callable[[Quality], float]) -> tuple[Series, ...]:
    """A number of every loss over N."""
    return results.over(held.counts, vertices_of, y)


def findings(held: Held) -> list[str]:
    """The outcome, the most important first."""
    found = [_at_the_largest_angle(held)]
    for sentence in (_follows_the_mean(held), *_sparse_beside_complete(held), _times(held)):
        if sentence:
            found.append(sentence)
    if not results.finite((*held.angles, *held.counts)):
        found.append("Some runs ended in numbers that are not finite; lower their learning rate.")
    return found


def notes(held: Held) -> list[str]:
    """How to read the numbers."""
    return [
        "Q = -ln(mean of: standard deviation of the angles between neighbours over 2π, plus that "
        "of the radius over its mean); the wrong size does not show in it. Q with the radius takes "
        "the root mean square of radius minus true radius over the true radius instead. "
        f"A perfect polygon has {-log(LEAST_DEVIATION):.1f}, the resolution of float64.",
        f"Judged at {JUDGED} radii, evenly from 0.3 to 5; drawn are those of "
        f"{', '.join(f'{radius:g}' for radius in DRAWN_RADII)}.",
        "A loss that is blind to turns learns the same at every θ but for rounding, as all runs of "
        "a seed see the same radii.",
        "Landscapes show one graph of a loss with random regular edges, and means over "
        f"{DRAWS} draws for others that draw their edges.",
    ]


def spot_text(spot: Spot, digits: int = 2) -> str:
    """Mean and range: `6.71 (6.60 to 6.83)`."""
    mean = f"{spot.mean:.{digits}f}"
    if spot.low == spot.high:
        return mean
    return f"{mean} ({spot.low:.{digits}f} to {spot.high:.{digits}f})"


def _at_the_largest_angle(held: Held) -> str:
    angle = max(held.plan.angles)
    q, q_r = over_angles(held, _regularity), over_angles(held, _fidelity)
    parts = [
        f"{a.label} {a.spots[-1].mean:.2f} and {b.spots[-1].mean:.2f}"
        for a, b in zip(q, q_r, strict=True)
    ]
    return (
        f"Trained on polygons turned by up to θ = {angle_text(angle)}, quality Q and quality with "
        f"the radius: {'; '.join(parts)}."
    )


def _follows_the_mean(held: Held) -> str | None:
    for series in over_angles(held, lambda quality: quality.radius_ratio):
        if series.label == "mse":
            apart = [abs(spot.mean - shrinkage(spot.x)) for spot in series.spots]
            single = [_farthest(spot) for spot in series.spots]
            return (
                "The radius that mse learns, over the true one, is sin θ / θ, what a mean over"
                f" turns leaves of it: within {max(apart):.3f} at every θ, and {max(single):.3f} "
                "for single seeds."
            )
    return None


def _farthest(spot: Spot) -> float:
    true = shrinkage(spot.x)
    return max(abs(spot.low - true), abs(spot.high - true))


def _sparse_beside_complete(held: Held) -> Iterator[str]:
    by_label = {series.label: series for series in over_counts(held, _regularity)}
    for complete, sparse in pairs_by_edges(held.contenders):
        if sparse.label in by_label:
            yield _ratio_sentence(by_label[complete.label], by_label[sparse.label])


def pairs_by_edges(contenders: tuple[Contender, ...]) -> Iterator[tuple[Contender, Contender]]:
    """Losses that differ in their edges alone: that of all pairs first."""
    for one in contenders:
        without = {k: v for k, v in one.options.items() if k.partition(".")[0] != "edges"}
        for other in contenders:
            if len(without) < len(one.options) and (other.loss, other.options) == (
                one.loss,
                without,
            ):
                yield other, one


def _ratio_sentence(complete: Series, sparse: Series) -> str:
    ratios = {
        a.x: b.mean / a.mean for a, b in zip(complete.spots, sparse.spots, strict=True) if a.mean
    }
    least = min(ratios, key=ratios.__getitem__)
    return (
        f"From {min(ratios):g} to {max(ratios):g} vertices, Q of {sparse.label} is at least "
        f"{ratios[least]:.2f} times that of {complete.label} (least at {least:g})."
    )


def _times(held: Held) -> str | None:
    seconds = {(timed.label, timed.vertices): timed.seconds for timed in held.timed}
    labels = list(dict.fromkeys(timed.label for timed in held.timed))
    if len(labels) != 2:
        return None
    dense, sparse = labels
    both = [size for label, size in seconds if label == dense]
    if not both:
        return None
    size, largest = max(both), max(size for _, size in seconds)
    further = (
        ""
        if largest == size
        else f"; on {largest}, sparse, {1000 * seconds[sparse, largest]:.0f} ms"
    )
    return (
        f"A step on {size} vertices takes {1000 * seconds[dense, size]:.0f} ms with all pairs and "
        f"{1000 * seconds[sparse, size]:.1f} ms with sparse ones{further}."
    )


def _regularity(quality: Quality) -> float:
    return quality.regularity


def _fidelity(quality: Quality) -> float:
    return quality.fidelity
