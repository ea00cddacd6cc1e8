"""Facts of the loss landscape around any trained network.

Weights are flat vectors [P], or many of them at once [..., P].
"""

from suite.landscape.curvature import Estimate, Hessian
from suite.landscape.features import Collapse, effective_rank, neural_collapse
from suite.landscape.line import POINTS, angle, barrier

__all__ = ["POINTS", "Collapse", "Estimate", "Hessian", "angle", "barrier", "effective_rank", "neural_collapse"]
