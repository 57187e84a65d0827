"""One broken resource for every fix of the catalogue, for the laws that all of them obey."""
