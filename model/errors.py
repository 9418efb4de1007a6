"""The one error of this package that is the user's to mend."""

from outside.errors import UserError


class ModelError(UserError):
    """A network, file or image that cannot be used; the text names it and says what is expected."""
