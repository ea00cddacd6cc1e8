"""Mitigation with prompts: published lists name the prompts and the images that they copy."""
