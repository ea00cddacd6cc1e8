"""Measures that several tracks share: how well scores tell samples apart, and how far probabilities can be believed."""
