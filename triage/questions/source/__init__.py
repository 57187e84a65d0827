"""Sources' desks: where each is asked about one of its findings, one desk a file."""
