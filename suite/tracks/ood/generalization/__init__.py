"""Generalization: is a network still right when the data shifts, and can it tell OOD?"""
