"""Files of quantized models, where they were before: today `suite.tracks.quantization.fake.files`."""

from suite.tracks.quantization.fake.files import load_integers, save_integers

__all__ = ["load_integers", "save_integers"]
