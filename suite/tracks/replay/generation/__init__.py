"""What can a diffusion model still draw after it has learned several kinds of images, one by one?"""
