"""As much of absl and ml_collections as the toy uses, so that it runs without them."""
