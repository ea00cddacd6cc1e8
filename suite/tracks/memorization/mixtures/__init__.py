"""Mixtures of Gaussians: which samples of a denoiser belong to no mode of its training data?"""
