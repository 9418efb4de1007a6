"""The sizes of a sliding window as one value, and what follows: buffer, order of beats, clocks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loops:
    """How the serial window reads a window: turns of runs of beats. Distances in beats.

    beats: of a run, step from one to the next; runs: of a turn, jump from a run's last beat to the
    next one's first; turns: of a window, turn: from a turn's last beat to the next one's first.
    """

    beats: int
    step: int
    runs: int
    jump: int
    turns: int
    turn: int


@dataclass(frozen=True)
class WindowShape:
    """Sizes of a sliding window. height, width: of the input, in pixels; folding: beats of a pixel.

    kernel, stride, dilation: (rows, columns). is_depthwise: a window's beats leave fold by fold.
    """

    height: int
    width: int
    folding: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int] = (1, 1)
    is_depthwise: bool = False

    @property
    def reach(self) -> tuple[int, int]:
        """Rows and columns from the first tap to the last, both included."""
        rows, columns = (
            (size - 1) * gap + 1 for size, gap in zip(self.kernel, self.dilation, strict=True)
        )
        return rows, columns

    @property
    def out(self) -> tuple[int, int]:
        """Rows and columns of windows."""
        rows, columns = (
            (size - reach) // step + 1
            for size, reach, step in zip(
                (self.height, self.width), self.reach, self.stride, strict=True
            )
        )
        return rows, columns

    @property
    def taps(self) -> int:
        """Pixels of a window."""
        return self.kernel[0] * self.kernel[1]

    @property
    def window(self) -> int:
        """Beats of a window."""
        return self.taps * self.folding

    @property
    def span(self) -> int:
        """Beats of the image from a window's first to behind its last one."""
        rows, columns = self.reach
        return ((rows - 1) * self.width + columns) * self.folding

    @property
    def slack(self) -> int:
        """Places of the serial buffer beyond those that a window spans.

        A window's columns of pixels let the next windows of the row arrive while one is read; with
        a vertical stride another (SH - 1) lines let the lines that no window shares arrive while a
        row of windows is read.
        """
        return (self.reach[1] + (self.stride[0] - 1) * self.width) * self.folding

    @property
    def depth(self) -> int:
        """Beats of the serial line buffer."""
        return self.span + self.slack

    # --- order ----------------------------------------------------------------------------------

    @property
    def by_fold(self) -> bool:
        """Whether the order fold by fold is another than the natural one."""
        return self.is_depthwise and self.folding > 1 and self.taps > 1

    @property
    def late(self) -> int:
        """Beats of a window that are still to be read when its last pixel has come, less those
        that are so in natural order: folds behind the first."""
        return (self.folding - 1) * (self.taps - 1) if self.by_fold else 0

    def loops(self) -> Loops:
        """Of sliding_window_serial.sv."""
        rows, columns = self.kernel
        folding, gap = self.folding, self.dilation[1]
        to_row = (self.dilation[0] * self.width - self.reach[1] + 1) * folding
        to_next = to_row - folding + 1
        if self.by_fold:
            back = self.span - 1 - folding
            return Loops(columns, gap * folding, rows, to_row, folding, -back)
        if gap > 1 and columns > 1:
            return Loops(folding, 1, columns, (gap - 1) * folding + 1, rows, to_next)
        return Loops(columns * folding, 1, rows, to_next, 1, 0)

    # --- clocks ---------------------------------------------------------------------------------

    def advances(self) -> tuple[int, int, int]:
        """Beats from a window to the next in its row, from the last of a row to the first of the
        next, and from the last of an image to the first of the next image."""
        rows, columns = self.out
        (step_h, step_w), width = self.stride, self.width
        row_start = (columns - 1) * step_w
        next_frame = (self.height - (rows - 1) * step_h) * width - row_start
        return (
            step_w * self.folding,
            (step_h * width - row_start) * self.folding,
            next_frame * self.folding,
        )

    def serial_clocks(self) -> int:
        """Clocks a frame of the serial window in steady state.

        Its input or output beats, whichever are more, the latter with the waits at the first window
        of a row and of a frame, whose last beats have yet to arrive: of the window's beats, those
        that were not in the full buffer before nor arrive while the window is read.
        """
        rows, columns = self.out
        _, next_row, next_frame = self.advances()
        missing = self.span - self.depth - self.window + self.late
        waits = (rows - 1) * max(0, missing + next_row) + max(0, missing + next_frame)
        beats_in = self.height * self.width * self.folding
        return max(beats_in, rows * columns * self.window + waits)

    def serial_trips(self) -> int:
        """Trips of sliding_window_serial.hpp for a frame, as it says.

        A call handles one frame, so that, unlike in ``serial_clocks``, the first window of a frame
        never arrives while the last ones of the frame before leave.
        """
        rows, columns = self.out
        beats = self.height * self.width * self.folding
        next_col, next_row, _ = self.advances()
        row_in, slack, late = self.stride[0] * self.width * self.folding, self.slack, self.late
        is_sparse = next_col > self.window
        each = next_col + late if is_sparse else self.window
        row_out = max(
            (columns - 1) * self.window + max(self.window, next_row + 1 + late - slack),
            self.window + (columns - 1) * next_col + 1 + late - slack if columns > 1 else 0,
        )
        last = (rows - 1) * row_in + (columns - 1) * next_col
        rest = max(0, beats - last - self.depth)
        trips = self.span + late + 1 + (rows - 1) * max(row_in, row_out) + rest
        trips += (columns - 1) * each
        trips += slack if is_sparse and row_out > row_in else 0
        return max(beats, trips)
