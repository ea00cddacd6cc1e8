"""The intake: people hand in results over HTTP (``suite serve``), and workers check them (``suite worker``).

Nothing here runs what was uploaded, and nothing listens unless ``suite serve`` is started.
"""
