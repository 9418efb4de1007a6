"""Top of the report: the figures that matter, and what was built from what."""

from collections import Counter
from dataclasses import dataclass

from flows.build.target import target_text
from flows.report.facts import Facts
from flows.report.signs import TIMES
from flows.report.verdict import Verdict


@dataclass(frozen=True)
class Tile:
    """A figure that matters. style: "fail" where it says that something is wrong."""

    name: str
    value: str
    what: str
    style: str = ""


@dataclass(frozen=True)
class Term:
    """A fact under its name: value, then code (a name of file or key), then rest."""

    name: str
    value: str
    code: str = ""
    rest: str = ""


def tiles(facts: Facts, verdict: Verdict) -> list[Tile]:
    """Verification, clocks, frame rate, latency, memories."""
    waiting = f"{len(verdict.waiting)} more can be run here" if verdict.waiting else "all of them"
    free = f"levels that need no vendor tool; {waiting}"
    found = [Tile("verification", verdict.short, free, "fail" if verdict.failed else "")]
    simulation, clock = facts.simulation, facts.config.clock_ns
    mhz = f"at {1000 / clock:g} MHz"
    if simulation and simulation.clocks_per_frame:
        clocks = simulation.clocks_per_frame
        how = "between frames" if simulation.between_frames else "one frame, start to end"
        how += ", with random stalls" if simulation.stalls else ""
        milliseconds = f"{simulation.latency_clocks * clock / 1e6:,.2f} ms"
        found += [
            Tile("frame rate", _rate(clock, clocks), f"simulated, {mhz}"),
            Tile("clocks a frame", f"{clocks:,}", f"simulated RTL, {how}"),
            Tile("latency", milliseconds, f"{simulation.latency_clocks:,} clocks, simulated"),
        ]
    else:
        clocks = facts.slowest.clocks
        found += [
            Tile("frame rate", _rate(clock, clocks), f"estimate, {mhz}"),
            Tile("clocks a frame", f"{clocks:,}", "estimate of the slowest node"),
        ]
    for rate in facts.camera:
        found.append(
            Tile(
                f"camera {rate.width} {TIMES} {rate.height}",
                _rate(clock, max(rate.clocks, clocks)),
                f"{rate.clocks:,} clocks a frame by the timing model; {rate.limit(clocks)} limits",
            )
        )
    bits = facts.memory_total.weights.bits
    found.append(_luts(facts))
    if bits:
        found.append(
            Tile("weight memories", f"{bits / 8192:,.1f} KB", f"{bits:,} bits, padding included")
        )
    return found


def _luts(facts: Facts) -> Tile:
    """Of all nodes: yosys' where it has counted all of them, else the estimate."""
    netlists = [node.netlist.LUT for node in facts.nodes if node.netlist is not None]
    counted = len(netlists) == len(facts.nodes)
    luts = sum(netlists) if counted else sum(node.luts for node in facts.nodes)
    share = f"{100 * luts / facts.config.device.luts:.0f}\u202f% of {facts.config.device.name}"
    how = "counted by yosys" if counted else "estimate, not synthesis"
    return Tile("LUTs", f"{luts:,}", f"{share}; {how}")


def _rate(clock_ns: float, clocks: int) -> str:
    return f"{1e9 / clock_ns / clocks:,.1f} /s"


def terms(facts: Facts) -> list[Term]:
    """Facts on what was built, and from what."""
    config = facts.config
    board = config.device
    kinds = Counter(node.kind for node in facts.nodes)
    parts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    found = [
        Term("Network", facts.network),
        Term("Weights", weights_origin(facts)),
        Term("Model file", "", config.model.name, f", SHA-256 {facts.model_sha256}"),
        Term("Board", f"{board.name}, part ", board.part),
        Term("Clock", f"{1000 / config.clock_ns:g} MHz (period {config.clock_ns:g} ns), assumed"),
        Term(
            "Target",
            f"{target_text(config)}, that is at most {facts.target_clocks:,} clocks a frame",
        ),
        Term("Frame", f"{', '.join(facts.comes)} → {', '.join(facts.goes)}"),
        *(
            Term(
                f"Input {each.name}".strip(),
                f"{each.kind}: k stands for k {TIMES} ",
                each.scale,
                f" ({each.source})",
            )
            for each in facts.inputs
        ),
        Term("Top module", "", config.top),
        Term("Hardware graph", f"{len(facts.nodes)} nodes: {parts}"),
    ]
    if facts.host_nodes:
        reasons = facts.host_reasons
        nodes = [
            f"{name} ({reasons[name]})" if name in reasons else name for name in facts.host_nodes
        ]
        found.append(Term("On the host", f"{', '.join(nodes)}, in ", "host_tail.onnx"))
    if config.folding_config_file:
        found.append(Term("Folding file", "", config.folding_config_file.name))
    return found


def weights_origin(facts: Facts) -> str:
    """Where the model's metadata says that its weights are from."""
    seed, checkpoint = facts.metadata.get("seed", ""), facts.metadata.get("checkpoint", "")
    if checkpoint:
        return f"trained, checkpoint SHA-256 {checkpoint[:16]}"
    if "network" not in facts.metadata:
        return "the model file does not say where they are from"
    if seed:
        return f"drawn at random (seed {seed}), not trained"
    return "not drawn from a seed, says the model file"
