"""Results as a folder: runs and scores as columns, their environments and samples, and the sha256 of every file.

It is what a submission carries and what the board reads without a store. It may come from anybody: every part is
checked, and nothing of it is code or names a path.
"""
