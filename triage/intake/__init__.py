"""The readers: one vendor's record in, one Ticket out. One file per source. Pure."""
