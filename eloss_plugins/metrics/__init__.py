"""What a generated molecule is worth."""

from eloss_plugins.metrics.evaluate import Reference, evaluate, examine_all
from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.metrics.examine import Examination, examine
from eloss_plugins.metrics.geometry import Geometry
from eloss_plugins.metrics.rate import Rate
from eloss_plugins.metrics.stability import Stability, stability
from eloss_plugins.metrics.validity import Validity, validity

__all__ = [
    "Evaluation",
    "Examination",
    "Geometry",
    "Rate",
    "Reference",
    "Stability",
    "Validity",
    "evaluate",
    "examine",
    "examine_all",
    "stability",
    "validity",
]
