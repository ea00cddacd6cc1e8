"""Split runs: the method in a process of its own, confined; labels, metrics and samples in another."""
