"""What limiting memorization costs captions of which the denoiser saw few images."""
