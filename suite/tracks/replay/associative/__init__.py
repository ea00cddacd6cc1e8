"""Replay in a closed-form associative memory, where forgetting and replay gain are exact."""
