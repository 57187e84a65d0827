"""The nouns. Standard library only; every other package speaks in these."""
