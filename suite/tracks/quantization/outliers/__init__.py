"""Networks whose activations have outliers: how far these lie out, and what a method stores to keep them."""
