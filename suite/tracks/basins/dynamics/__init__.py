"""Metastable dynamics: how to simulate them, embed them in many dimensions, and compute the exact answer."""
