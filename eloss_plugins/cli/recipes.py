"""`eloss recipes`: published trainings by name, and the tuned values of each trainer."""

import argparse
from collections.abc import Mapping
from typing import Any

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.output import emit, emit_json, note, table
from eloss_plugins.cli.parser import Parser, unknown
from eloss_plugins.errors import UsageError

NAME = "recipes"
SUMMARY = "List published trainings by name, and tuned values."


def configure(parser: Parser) -> None:
    """The flags of `recipes`."""
    parser.add_argument(
        "name", nargs="?", type=values.word, metavar="NAME", help="show this recipe's settings"
    )
    flags.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """List everything, or describe one recipe."""
    from eloss_plugins.recipes import RECIPES

    if arguments.name is not None and arguments.name not in RECIPES:
        raise UsageError(unknown("recipe", arguments.name, RECIPES))
    if arguments.name is not None:
        _describe(arguments.name, as_json=arguments.json)
    else:
        _list(as_json=arguments.json)
    return 0


def tuned_rows() -> list[dict[str, Any]]:
    """Every tuned learning rate and weight: trainer, law or loss, numbers, source."""
    from eloss_plugins.core.presets import LEARNING_RATES, OTHER_SOURCES, SAME_AS, SOURCES

    rows = []
    for trainer, entries in LEARNING_RATES.items():
        names = [trainer, *(name for name, same in SAME_AS.items() if same == trainer)]
        for entry, (rate, weight) in entries.items():
            source = OTHER_SOURCES.get((trainer, entry), SOURCES[trainer])
            row = {"trainers": names, "entry": entry, "learning_rate": rate, "weight": weight}
            rows.append({**row, "source": source})
    return rows


def _list(*, as_json: bool) -> None:
    from eloss_plugins.recipes import RECIPES

    if as_json:
        emit_json({"recipes": {name: _settings(name) for name in RECIPES}, "tuned": tuned_rows()})
        return
    rows = [[r.name, " ".join(r.trainers), r.summary] for r in RECIPES.values()]
    emit(table(["recipe", "trainers", "what"], rows, words=True))
    emit("\nTuned learning rate and weight (preset=tuned):\n")
    emit(table(["law or loss", *_trainers(), "source"], _tuned_table(), words=True))
    note("The settings of a recipe: eloss recipes NAME. To train: eloss train MODEL --recipe NAME")


def _trainers() -> list[str]:
    return list(dict.fromkeys(", ".join(row["trainers"]) for row in tuned_rows()))


def _tuned_table() -> list[list[str]]:
    cells: dict[str, dict[str, str]] = {}
    sources: dict[str, list[str]] = {}
    for row in tuned_rows():
        number = f"{row['learning_rate']:g}, {row['weight']:.4g}"
        cells.setdefault(row["entry"], {})[", ".join(row["trainers"])] = number
        sources.setdefault(row["entry"], []).append(row["source"])
    return [
        [
            entry,
            *(found.get(trainer, "-") for trainer in _trainers()),
            "; ".join(dict.fromkeys(sources[entry])),
        ]
        for entry, found in cells.items()
    ]


def _settings(name: str) -> Mapping[str, Any]:
    from eloss_plugins.recipes import RECIPES

    return {
        trainer: {key: vars(one) for key, one in settings.items()}
        for trainer, settings in RECIPES[name].trainers.items()
    }


def _describe(name: str, *, as_json: bool) -> None:
    from eloss_plugins.recipes import RECIPES

    recipe = RECIPES[name]
    if as_json:
        emit_json({"name": name, "summary": recipe.summary, "trainers": _settings(name)})
        return
    emit(f"{name}: {recipe.summary}\n")
    rows = [
        [trainer, key.replace("_", "-"), str(one.value), one.source]
        for trainer, settings in recipe.trainers.items()
        for key, one in settings.items()
    ]
    emit(table(["trainer", "setting", "value", "source"], rows, words=True))
    note("Learning rate and weight are those of the loss: eloss recipes")
