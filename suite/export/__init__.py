"""Export the board: as a static site, or in a format that other collections of results read."""
