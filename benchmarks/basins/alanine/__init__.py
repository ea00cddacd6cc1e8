"""Alanine dipeptide (ACE-ALA-NME): its structure, dynamics, basins, and the recipe that makes its trajectories."""
