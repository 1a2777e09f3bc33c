"""The joint diffusion model of JODO: positions, atom types, formal charges and bonds at once."""
