"""The diffusion graph transformer, with the parameter names of its upstream."""
