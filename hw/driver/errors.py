"""Errors of the driver: one line that says the fault and what was expected."""


class AcceleratorError(RuntimeError):
    """The accelerator, its files or its inputs cannot be used; base of all the driver's errors."""


class TransferError(AcceleratorError):
    """A DMA block set its error register.

    block: ``idma0`` or ``odma0``. flags: the register's value. address: of the first burst that
    failed.
    """

    def __init__(self, text: str, block: str, flags: int, address: int) -> None:
        super().__init__(text)
        self.block = block
        self.flags = flags
        self.address = address


class StuckError(AcceleratorError):
    """A transfer makes no progress; the text has the counters of both DMA blocks."""


class ValidationError(AcceleratorError):
    """The accelerator's integers are not the expected ones; the text names the first."""
