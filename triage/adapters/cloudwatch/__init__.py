"""Amazon CloudWatch, through what a function writes to its log."""
