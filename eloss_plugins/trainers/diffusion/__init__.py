"""The diffusion model of EDM and GDM."""
