"""The thin shell: asks ports for facts and effects, and calls the pure stages between.

Read pipeline.py first.
"""
