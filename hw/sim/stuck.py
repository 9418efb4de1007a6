"""Diagnosis of a simulation that stands still: which stream, and what its neighbours show."""

from hw.sim.design import INPUT, OUTPUT, Design, Stream
from hw.sim.result import StreamResult, violation_lines


def _state(stream: Stream, result: StreamResult) -> str:
    ends = f"{stream.producer or 'input'} -> {stream.consumer or 'output'}"
    return (
        f"{stream.name} ({ends}): valid={int(result.valid)} ready={int(result.ready)}, "
        f"{result.transfers} of {result.expected} beats"
    )


def _blocked(result: StreamResult) -> bool:
    return result.valid and not result.ready


def find_stuck(design: Design, results: dict[str, StreamResult]) -> Stream:
    """Return the stream next to the node that stopped.

    Upstream from the most downstream unfinished output, past nodes that only wait for data, to
    the input of a node that refuses data though its result could leave (the stream is blocked),
    or to the output of a node that took all its data and delivers nothing (it is starved). A node
    of several inputs refuses one while another is starved, so the starved one is followed. Where
    all outputs are finished, the same downstream from an input that is not consumed.
    """
    unfinished = [s for s in design.streams if results[s.name].transfers < results[s.name].expected]
    outputs = [stream for stream in unfinished if stream.kind == OUTPUT]
    if outputs:
        stream = outputs[-1]
        while stream.producer and not _blocked(results[stream.name]):
            before = [s for s in design.streams if s.consumer == stream.producer]
            waiting = [s for s in before if s in unfinished]
            if not waiting:
                return stream
            starved = [s for s in waiting if not _blocked(results[s.name])]
            blocked = [s for s in waiting if _blocked(results[s.name])]
            stream = (starved or blocked)[0] if len(before) > 1 else waiting[0]
        return stream
    stream = unfinished[0] if unfinished else design.of_kind(INPUT)[0]
    while stream.consumer:
        after = [s for s in design.streams if s.producer == stream.consumer]
        blocked = [s for s in after if _blocked(results[s.name])]
        if not blocked:
            break
        stream = blocked[0]
    return stream


def stuck_text(design: Design, results: dict[str, StreamResult], reason: str) -> str:
    """Return the text of the error: the stuck stream and the streams of its neighbours."""
    stream = find_stuck(design, results)
    kind = "blocked" if _blocked(results[stream.name]) else "starved"
    lines = [f"simulation of {design.top} {reason}: stream {stream.name} is {kind}"]
    lines.append(f"  stuck:  {_state(stream, results[stream.name])}")
    for other in design.streams:
        if other.consumer and other.consumer == stream.producer:
            lines.append(f"  before: {_state(other, results[other.name])}")
        if other.producer and other.producer == stream.consumer:
            lines.append(f"  after:  {_state(other, results[other.name])}")
    lines += [f"  broken handshake: {line}" for line in violation_lines(results)]
    return "\n".join(lines)
