"""Exact nearest neighbours. Cheap bounds exclude most pairs, and exact values decide the rest."""

from suite.neighbours.bank import Bank, Nearest

__all__ = ["Bank", "Nearest"]
