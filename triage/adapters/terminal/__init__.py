"""The terminal in front of somebody."""
