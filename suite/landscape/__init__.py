"""Facts of the loss landscape around trained networks, whoever trained them.

Weights are flat vectors [P], or many of them at once [..., P].
"""

from suite.landscape.line import POINTS, angle, barrier

__all__ = ["POINTS", "angle", "barrier"]
