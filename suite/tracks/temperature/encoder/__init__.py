"""Encoders trained with a contrastive loss under a schedule of its temperature."""
