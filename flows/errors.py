"""The one error of the flow that is the user's to mend."""


class FlowError(ValueError):
    """An unusable configuration, model, folder or result; the text names it and what was expected."""
