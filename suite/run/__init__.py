"""Plans cells, runs them apart from each other, records what comes of them."""
