"""The generative arm of the replay track: what a diffusion model forgets of its first task, and what replay saves.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""
