"""What `eloss spins` does: the words of an experiment, and of a single ground state."""
