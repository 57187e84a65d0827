"""What people said before, from the case store, whatever database is behind it."""
