"""How each source is asked about one of its findings. One file per source, each with its Desk."""
