"""Exact nearest neighbours: cheap bounds for all pairs, exact values for the few that the bounds cannot exclude."""

from suite.neighbours.bank import Bank, Nearest

__all__ = ["Bank", "Nearest"]
