"""An example plugin of Basin Suite."""
