"""Reference models: their networks, how to train them, and weights that are given."""
