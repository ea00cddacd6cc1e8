"""Run recorded cells again in a temporary store, and compare the scores."""
