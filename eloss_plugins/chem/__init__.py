"""RDKit on one side, tensors and arrays on the other."""
