"""A cell in two processes. The judge has the task, labels and metrics. The host has only the method.

The runner starts both. They talk over a socket, in JSON and in tensors of the safetensors format, never in pickles. The
judge checks what the host says before it uses it.
"""
