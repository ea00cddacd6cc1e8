"""Replay in streams of tasks for a classifier: one learner, one budget, one order of samples a seed."""
