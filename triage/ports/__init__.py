"""What the engine needs from the world; adapters answer. A port carries the whole contract."""
