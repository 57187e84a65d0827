"""What can silence us, service by service: each list whole, or not at all."""
