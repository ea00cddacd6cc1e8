"""Streams without boundaries: some classes come once, others always, and nobody says when the stream changes."""
