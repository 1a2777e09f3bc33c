"""The experiment with regular polygons, from its plan to its report."""
