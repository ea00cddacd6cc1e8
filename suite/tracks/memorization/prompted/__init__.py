"""Mitigation on denoisers that are told prompts: what they copied is known by lists of prompts and images."""
