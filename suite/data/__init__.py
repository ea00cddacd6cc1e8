"""Data sets: built in, from a local mirror, or from the hub. Each has a fingerprint of its content."""
