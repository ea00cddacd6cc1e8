"""A cell in two processes: a judge with task, labels and metrics, and a host with the method, which has none of them.

The runner starts both. They talk over a socket in frames of JSON and of tensors in the format of safetensors; nothing
that either says is a pickle, and what the host says is checked before it is used.
"""
