"""Sigma rules, read with pySigma (extra: sigma)."""
