"""What is wrong with a pattern, and where."""

Place = tuple[str | int, ...]


class PatternInvalid(ValueError):
    """A pattern is not one. `path` leads to the place, `word` is what was not understood."""

    def __init__(self, message: str, path: Place, word: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.word = word
