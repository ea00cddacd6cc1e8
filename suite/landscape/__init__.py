"""Facts of the loss landscape around trained networks, whoever trained them.

`barrier` and `angle` compare two networks of one architecture, `Hessian` looks at one of them.
"""

from suite.landscape.line import POINTS, angle, barrier, move, rescale

__all__ = ["POINTS", "angle", "barrier", "move", "rescale"]
