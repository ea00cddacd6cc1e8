"""Mixtures of Gaussians: which samples of a denoiser are in none of the modes that it was trained on?"""
