"""What quantization leaves of a network's OOD detection, beside what it leaves of its accuracy."""
