"""Architectures that timm does not have."""
