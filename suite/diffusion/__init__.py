"""Diffusion models: noise schedules, denoisers, how to train them, and where they come from."""
