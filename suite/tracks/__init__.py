"""Tracks: for each research question, the contract of its methods and its metrics."""
