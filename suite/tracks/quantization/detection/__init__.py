"""How much OOD detection and accuracy does a network keep after quantization?"""
