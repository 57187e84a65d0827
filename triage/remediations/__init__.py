"""The catalogue: one fix a file. docs/how-to/write-a-remediation.md says how to add one."""
