"""What the tasks share: the text of the protocol."""

PROTOCOL = (
    "The network is scale-invariant: its last layer is fixed, its other weights lie on a sphere, rates are effective "
    "ones. Every run of the grid starts from the same weights, sees the same batches and may spend a budget of "
    "gradients, looks at validation data included. Validation data choose a rate; what ranks is the test accuracy of "
    "its run when the budget is spent. Where the regimes are (1: converges, 2A and 2B: does not, with and without "
    "linear connection of its fine-tunes, 3: learns nothing) is found for each seed by plain training."
)
