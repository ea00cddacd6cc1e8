"""The former place of `suite.tracks.quantization.fake`, for code that reads files of quantized models."""
