"""The store of cells, runs and scores."""
