"""What a set of playbooks needs to be allowed, and what a role is allowed beside it."""
