"""The old name of `suite.tracks.quantization.fake`, for code that reads files of quantized models."""
