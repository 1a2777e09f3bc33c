"""A loss at the place of a trainer's position loss: the ground of adapters, first-batch checks."""
