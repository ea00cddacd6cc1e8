"""What the tasks share: the text of the protocol."""

PROTOCOL = (
    "Every run starts with one walker in the local minimum and may spend a budget of evaluations of gradient or "
    "energy. The task takes the Langevin steps, at the inverse temperatures that a method chooses; a method may see "
    "energies and let walkers of one run multiply and die, all of which is counted. What ranks is the share of runs "
    "whose answer is in the global well when the budget is spent."
)
CHAIN = "For one walker, the exact law of the chain of steps stands beside the share, without Monte Carlo error."
