"""Models of the shell's modules, clock by clock, from docs/registers.md and the modules' headers.

Each model takes the inputs of a clock (``step``) and says what the outputs show in that clock.
"""

import random
from typing import Any

from hw.driver import registers as reg

Values = dict[str, int]
_WORD = 0xFFFFFFFF


def _is(rng: random.Random, probability: float) -> int:
    return int(rng.random() < probability)


class Registers:
    """dma_registers: every register, whatever happens in the same clock."""

    _FIXED = {reg.FRAME_BYTES: 777, reg.VERSION: 0xD0D00001, reg.BUILD_ID: 0xCAFE1234}
    _HELD = (reg.ADDR_LO, reg.ADDR_HI, reg.COUNT)
    #: Offsets, and some between and behind that are none.
    _PLACES = (*range(0, 0x50, 4), 0xFC, reg.CTRL, reg.ISR, reg.ERROR, reg.ISR, reg.ERROR)

    def __init__(self) -> None:
        self.held = dict.fromkeys(self._HELD, 0)
        self.gie = self.ier = 0
        self._clear()

    def _clear(self) -> None:
        self.done = self.isr = self.error = self.irq = 0
        self.error_address: int | None = None

    @classmethod
    def inputs(cls, rng: random.Random) -> Values:
        """Random inputs, in which events and accesses meet often."""
        counters = {f"reg_{name}": rng.getrandbits(32) for name in ("frames", "beats", "stalls")}
        return {
            **counters,
            "reg_clocks": rng.getrandbits(32),
            "reg_write": _is(rng, 0.6),
            "reg_write_addr": rng.choice(cls._PLACES),
            "reg_write_data": rng.choice((_WORD, rng.getrandbits(32), rng.getrandbits(3))),
            "reg_write_mask": sum(0xFF << 8 * i for i in range(4) if rng.random() < 0.8),
            "reg_read": _is(rng, 0.5),
            "reg_read_addr": rng.choice(cls._PLACES),
            **{f"reg_{name}": _is(rng, 0.5) for name in ("busy", "idle", "ready", "resetting")},
            "reg_clear": _is(rng, 0.03),
            "reg_done": _is(rng, 0.3),
            "reg_error": rng.choice((0, 0, 1 << rng.randrange(7), rng.getrandbits(7))),
            "reg_bus_error": _is(rng, 0.3),
            "reg_bus_error_addr": rng.getrandbits(64),
        }

    def _read(self, i: Values) -> int:
        address = self.error_address or 0
        state = i["reg_busy"] | self.done << 1 | i["reg_idle"] << 2 | i["reg_ready"] << 3
        return {
            reg.CTRL: state, reg.GIE: self.gie, reg.IER: self.ier, reg.ISR: self.isr, **self.held,
            reg.ERROR: self.error, reg.ERROR_ADDR_LO: address & _WORD,
            reg.ERROR_ADDR_HI: address >> 32, reg.FRAMES: i["reg_frames"],
            reg.BEATS: i["reg_beats"], reg.STALLS: i["reg_stalls"], reg.CLOCKS: i["reg_clocks"],
            reg.RESET: i["reg_resetting"], **self._FIXED,
        }.get(i["reg_read_addr"], 0)  # fmt: skip

    def step(self, i: Values) -> Values:
        """Outputs of a clock with inputs i; the state goes on."""
        place, mask = i["reg_write_addr"], i["reg_write_mask"]
        written = i["reg_write_data"] & mask

        def ones(offset: int) -> int:
            return written if i["reg_write"] and place == offset else 0

        start = ones(reg.CTRL) & 1
        shown = {
            "reg_read_data": self._read(i), "reg_start": start, "reg_reset": ones(reg.RESET) & 1,
            "reg_address": self.held[reg.ADDR_HI] << 32 | self.held[reg.ADDR_LO],
            "reg_count": self.held[reg.COUNT], "reg_irq": self.irq,
        }  # fmt: skip
        irq = int(bool(self.gie and self.ier & self.isr))
        if i["reg_clear"]:
            self._clear()
        else:
            self.irq = irq
            if start or (i["reg_read"] and i["reg_read_addr"] == reg.CTRL):
                self.done = 0
            self.done |= i["reg_done"]  # an event wins over a clearing of the same clock
            self.isr &= ~ones(reg.ISR)
            self.isr |= i["reg_done"] | bool(i["reg_error"]) << 1
            self.error = self.error & ~ones(reg.ERROR) | i["reg_error"]
            if i["reg_bus_error"] and self.error_address is None:
                self.error_address = i["reg_bus_error_addr"]
        if i["reg_write"]:
            if place == reg.GIE and mask & 1:
                self.gie = written & 1
            if place == reg.IER and mask & 1:
                self.ier = written & 3
            if place in self.held:
                self.held[place] = self.held[place] & ~mask | written
        return shown


class Control:
    """dma_control: check, run, stop after a bus error, reset."""

    def __init__(self) -> None:
        self.state = "idle"

    @staticmethod
    def inputs(rng: random.Random) -> Values:
        """Random inputs; the check gives one answer."""
        verdict = rng.choice(("", "", "accept", "accept", "refuse"))
        return {
            "ctl_start": _is(rng, 0.4), "ctl_reset": _is(rng, 0.05), "ctl_drain": _is(rng, 0.05),
            "ctl_hold": _is(rng, 0.5), "ctl_quiet": _is(rng, 0.4), "ctl_finished": _is(rng, 0.2),
            "ctl_slverr": _is(rng, 0.1), "ctl_decerr": _is(rng, 0.1),
            "ctl_accept": int(verdict == "accept"), "ctl_refuse": int(verdict == "refuse"),
            **{f"ctl_{n}": _is(rng, 0.5) for n in ("misaligned", "zero_count", "wraps")},
        }  # fmt: skip

    def step(self, i: Values) -> Values:
        """Outputs of a clock with inputs i; the state goes on."""
        at = self.state
        resetting = at in ("drain", "clear")
        bus_error = i["ctl_slverr"] | i["ctl_decerr"]
        done = {
            "check": i["ctl_refuse"], "run": i["ctl_finished"] & ~bus_error,
            "stop": i["ctl_quiet"], "halted": i["ctl_start"],
        }.get(at, 0)  # fmt: skip
        refused = (i["ctl_misaligned"], i["ctl_zero_count"], i["ctl_wraps"])
        errors = [i["ctl_slverr"], i["ctl_decerr"], *(i["ctl_refuse"] & why for why in refused)]
        busy = at in ("check", "run", "stop")
        errors += [i["ctl_start"] & (busy or resetting), i["ctl_start"] & (at == "halted")]
        shown = {
            "ctl_busy": busy, "ctl_idle": at in ("idle", "halted"), "ctl_ready": at == "idle",
            "ctl_resetting": resetting, "ctl_done": done,
            "ctl_error": sum(int(bit) << place for place, bit in enumerate(errors)),
            "ctl_check": at == "idle" and i["ctl_start"],
            "ctl_go": at == "check" and i["ctl_accept"],
            "ctl_stop": at in ("stop", "halted", "drain", "clear"), "ctl_clear": at == "clear",
        }  # fmt: skip
        if (i["ctl_reset"] or i["ctl_drain"]) and not resetting:
            self.state = "drain"
        elif at == "idle" and i["ctl_start"]:
            self.state = "check"
        elif at == "check":
            self.state = "run" if i["ctl_accept"] else "idle" if i["ctl_refuse"] else at
        elif at == "run":
            self.state = "stop" if bus_error else "idle" if i["ctl_finished"] else at
        elif at in ("stop", "drain") and i["ctl_quiet"]:
            self.state = {"stop": "halted", "drain": "clear"}[at]
        elif at == "clear" and not i["ctl_drain"] and not i["ctl_hold"]:
            self.state = "idle"
        return {name: int(value) for name, value in shown.items()}


class Meter:
    """dma_meter: beats of a transfer, and nothing else, are counted."""

    def __init__(self, name: str, frame_beats: int) -> None:
        self.name, self.frame_beats = name, frame_beats
        self.left = self.frames = self.beats = self.stalls = self.clocks = 0
        self.active = False

    @property
    def done(self) -> bool:
        return not self.active

    def step(self, i: Values) -> Values:
        """Outputs of a clock with inputs i; the state goes on."""
        shown: Values = {"active": int(self.active)}
        if self.active:
            shown["last"] = int(self.left == 1)
        for name in ("frames", "beats", "stalls", "clocks"):
            shown[name] = getattr(self, name)
        beat = self.active and i["met_valid"] and i["met_ready"]
        if i["met_load"]:
            self.left = i["met_count"] * self.frame_beats
            self.beats = self.stalls = self.clocks = 0
        else:
            self.beats += bool(beat)
            self.stalls += self.active and i["met_valid"] and not i["met_ready"]
            self.clocks += i["met_busy"]
        if beat:
            self.left -= 1
            self.frames += self.left % self.frame_beats == 0
        self.active = bool(i["met_go"] or (self.active and self.left))
        return {f"{self.name}_{key}": value for key, value in shown.items()}


def check_step(dut: Any, model: Any, values: Values) -> None:
    """Assert the outputs of a clock."""
    for name, value in model.step(values).items():
        found = int(getattr(dut, name).value)
        assert found == value, f"{name} is {found:#x}, not {value:#x}, with {values}"
