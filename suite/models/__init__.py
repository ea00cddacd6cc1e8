"""Reference models: architectures, training recipes, given weights."""
