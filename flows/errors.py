"""The one error of the flow that is the user's to mend."""

from outside.errors import UserError


class FlowError(UserError):
    """An unusable configuration, model, folder or result; the text says what was expected."""
