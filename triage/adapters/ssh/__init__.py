"""OpenSSH keys and signatures."""

NAMESPACE = "triage"
"""What our signatures are for: one made for git or a file is no verdict."""
