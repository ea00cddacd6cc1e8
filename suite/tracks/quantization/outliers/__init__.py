"""Networks with outliers in their activations: how large these are, and what a method stores for them."""
