"""What a folder held at another revision, asked of git."""
