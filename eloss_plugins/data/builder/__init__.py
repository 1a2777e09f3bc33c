"""How the bundled molecules are made: graphs, geometries, checks."""
