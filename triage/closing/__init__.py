"""How a finding is closed where it came from: one file a source, each with its Desk."""
