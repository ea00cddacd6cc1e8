"""Replay for diffusion models: what does a model forget of its first task, and what does replay save?

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""
