"""Landscapes with known minima and barriers, on spheres and on products of circles."""
