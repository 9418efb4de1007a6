"""The one error of the flow that is the user's to mend."""


class FlowError(ValueError):
    """An unusable configuration, model, folder or result; the text says what was expected."""
