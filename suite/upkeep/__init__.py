"""Looking after a home folder: what is in order there and what is not, and what lies in its cache."""
