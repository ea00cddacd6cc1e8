"""The other half of the track: how right a network stays where the distribution shifts, and what it makes of OOD."""
