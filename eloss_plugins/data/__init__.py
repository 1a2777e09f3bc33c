"""The bundled molecules and loaders for everyone else's."""
