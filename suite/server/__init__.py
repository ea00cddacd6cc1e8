"""The server for uploads: people send results over HTTP (``suite serve``), and workers check them (``suite worker``).

No code of an upload is run. Nothing listens until you start ``suite serve``.
"""
