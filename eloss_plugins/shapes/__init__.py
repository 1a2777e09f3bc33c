"""Regular polygons from their radius: the paper's smallest experiment, complete."""
