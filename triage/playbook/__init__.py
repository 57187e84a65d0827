"""The language security engineers write: patterns to match, three-valued rules to decide. Pure."""
