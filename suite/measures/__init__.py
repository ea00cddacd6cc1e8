"""Measures that several tracks share: AUROC and others of scores, and how good probabilities are."""
