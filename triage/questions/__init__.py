"""What can be asked: one file a question. Pure: which raw reads it needs, and what they mean."""
