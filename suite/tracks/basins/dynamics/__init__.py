"""Metastable dynamics: potentials, simulation, embeddings in many dimensions, and the exact oracle."""
