"""What the simulated tasks share: the systems that parameters are tuned on, and the text of the protocol."""

DEVELOPMENT = ("mueller-brown", "concentric-rings", "spirals", "separate-rings")
"""On these systems cut rules and defaults are chosen; no other task measures on them."""

PROTOCOL = (
    "A problem is a system of overdamped Langevin dynamics seen through an embedding: 16 representatives, 16 "
    "trajectories from each, 24 frames over the system's horizon, of which 6 are burn-in. All methods get the same "
    "arrays. The truth is computed, not labelled: the generator on a grid gives the exact balanced Bayes risk of each "
    "pair of representatives, and those with a risk above 1/4 share a basin. Horizons are such that few pairs are "
    "ambiguous; the share stands with every run."
)
