"""The one error of the hardware library that is the user's to mend."""

from outside.errors import UserError


class HardwareError(UserError):
    """A node, folding, board or tool that cannot be used; the text names it and says why."""


class SimulationStuck(HardwareError):  # noqa: N818 (the name says what happened)
    """A simulated stream makes no progress any more; the text names it and its neighbours."""
