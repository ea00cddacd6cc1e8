"""The board as files for others: a static site, and the formats of other collections of results."""
