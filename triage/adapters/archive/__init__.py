"""CloudTrail's log files, indexed: look-ups beyond 90 days that spend nothing of AWS's budget."""
