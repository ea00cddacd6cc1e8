"""Look after a home folder: find problems, and free space in its cache."""
