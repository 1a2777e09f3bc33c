"""Denoising networks with the parameter names of their upstreams."""
