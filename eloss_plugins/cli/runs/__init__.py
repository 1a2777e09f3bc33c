"""Several runs of `eloss` commands in processes of their own, and the plan that they follow."""
