"""Other weights, or another size of the image, for an accelerator while it runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .backend import Backend
from .description import Description
from .errors import AcceleratorError
from .host_tail import HostTail
from .size import read_size
from .weights import read_weights


class Loading:
    """The part that loads. description, backend: as ``DupNetAccelerator`` has them."""

    description: Description
    backend: Backend
    _tail: HostTail | None

    def _begin_loading(self) -> None:
        """Nothing has been loaded: all is the build's own."""
        self._tail = None
        self._own = self.description
        self._loaded = ""  # "weights" or "size": which of them is another than the build's

    def load_weights(self, folder: str | Path) -> int:
        """Make the accelerator another network of the same structure; returns how many words.

        folder: what `flows weights` wrote for this build. They are written between frames, each is
        read back, and ``outputs`` is then of that network. Raises AcceleratorError where the
        hardware's weights are constants, and for a folder of another build; then, and where an
        error comes while words are written, execute nothing before it has been loaded whole.
        """
        weights = read_weights(folder, self.description.output.shape[-1])
        if weights.build_id != self.description.build_id:
            raise AcceleratorError(
                f"{folder}: words for build 0x{weights.build_id:08x}, this is build "
                f"0x{self.description.build_id:08x}; expected what `flows weights` wrote for it"
            )
        load = getattr(self.backend, "load", None)
        if load is None:
            raise AcceleratorError("weights cannot be written by way of this board's link")
        if self._loaded == "size":
            raise AcceleratorError("weights with another size than the build's are not supported: "
                                   "load the build's own size first")  # fmt: skip
        count = int(load(weights.words))
        self._loaded = "weights"
        output = replace(self.description.output, scale=weights.scale, bias=weights.bias)
        self.description = replace(self.description, output=output, host_nodes=weights.host_nodes)
        self._tail = HostTail(self.description, folder)
        return count

    def load_size(self, folder: str | Path) -> int:
        """Let the accelerator take images of another size; returns how many words were written.

        folder: what `flows size` wrote for this build, of any size up to the build's own, which is
        one as well. Words are written and read back, a soft reset follows, and all methods are then
        of that size. Raises AcceleratorError where the hardware's size is a constant, for a folder
        of another build, and with other weights than the build's; where an error comes while it is
        written, execute nothing before a size has been loaded whole.
        """
        size = read_size(folder, self.description.build_id)
        load = getattr(self.backend, "load_size", None)
        if load is None:
            raise AcceleratorError("a size cannot be written by way of this board's link")
        if self._loaded == "weights":
            raise AcceleratorError("another size with other weights than the build's is not "
                                   "supported; expected the bitfile loaded anew")  # fmt: skip
        if set(size.frames) != set(self.description.blocks):
            raise AcceleratorError(f"{folder}: of blocks {', '.join(size.frames)}; the hardware "
                                   f"has {', '.join(self.description.blocks)}")  # fmt: skip
        count = int(load(size.words, size.frames, size.description))
        own = self._own.blocks == size.description.blocks
        self._loaded = "" if own else "size"
        self.description = size.description
        self._tail = HostTail(self.description, folder)
        return count
