"""Files that operators and authors write, and files full of messages."""
