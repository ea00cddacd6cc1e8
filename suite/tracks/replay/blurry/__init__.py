"""Streams without boundaries: some classes come at one time, others all along, and nobody says when a change is."""
