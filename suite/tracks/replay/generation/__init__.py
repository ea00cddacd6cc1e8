"""What a diffusion model still generates after it has learned kinds of images one after the other."""
