"""Tracks: the method contract and the metrics of each research question."""
