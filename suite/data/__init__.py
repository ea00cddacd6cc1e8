"""Data sets: embedded, from a local mirror, from the hub; each with a fingerprint of its content."""
