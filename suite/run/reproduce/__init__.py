"""Running recorded cells again, in a store that is thrown away, and saying what came of it."""
