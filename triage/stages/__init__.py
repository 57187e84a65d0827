"""The verbs, one a file. Pure: a stage never waits and never sees a port."""
