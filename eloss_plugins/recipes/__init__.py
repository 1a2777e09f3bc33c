"""Whole trainings that were published, by name: settings for each trainer, each with its source."""

from collections.abc import Mapping

from eloss_plugins.recipes.paper_geom import PAPER_GEOM
from eloss_plugins.recipes.paper_qm9 import PAPER_QM9
from eloss_plugins.recipes.recipe import Recipe, Sourced

RECIPES: Mapping[str, Recipe] = {recipe.name: recipe for recipe in (PAPER_QM9, PAPER_GEOM)}

__all__ = ["RECIPES", "Recipe", "Sourced"]
