"""The numbers: features, scores, bounds. Pure."""
