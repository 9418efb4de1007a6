"""The error that the user can mend; each package has its own kind of it."""


class UserError(ValueError):
    """Something from outside that cannot be used; the text names it and says what was expected."""
