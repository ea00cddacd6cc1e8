"""Intervals, paired comparisons and ranks: pure functions on arrays."""
