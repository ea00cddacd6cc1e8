"""Runs from store to store, in one file: what it holds, how it is written, checked and merged.

The file is a zip of JSON lines and of the samples as they are. No part of it is code, and none names a path.
"""
