"""Diffusion models: noise schedules, denoisers, their training, and where they come from."""
