"""Hiding and finding personal data: keys, tokens, masks, detectors."""
