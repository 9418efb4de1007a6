"""Texts of the generated top level: prototype, dataflow region, and the C++ simulation's ports."""

from collections.abc import Sequence

from hw.hls.design import HlsProject, HlsStream

_HEAD = "// Generated. Do not edit.\n"


def prototype_text(project: HlsProject) -> str:
    """Text of ``<top>.hpp``."""
    return (
        f'{_HEAD}#pragma once\n\n#include "ports.hpp"\n\n'
        f"// One frame, from the ports s_axis_* to the ports m_axis_*.\n{_prototype(project)};\n"
    )


def _prototype(project: HlsProject) -> str:
    indent = " " * (len(project.top) + 6)
    ports = [
        f"df::port_t<{stream.bits}, {stream.lanes}> &{stream.port}" for stream in _edges(project)
    ]
    return f"void {project.top}({(',' + chr(10) + indent).join(ports)})"


def _edges(project: HlsProject) -> list[HlsStream]:
    """Streams at a port, in the order of the function's arguments."""
    return [*project.of_kind("input"), *project.of_kind("output")]


def _stream_type(stream: HlsStream) -> str:
    return f"df::stream_t<{stream.bits}, {str(stream.signed).lower()}, {stream.lanes}>"


def _port_call(what: str, stream: HlsStream, source: str, sink: str) -> str:
    arguments = f"{stream.bits}, {str(stream.signed).lower()}, {stream.lanes}, {stream.frame_beats}"
    return f"  df::{what}<{arguments}>({source}, {sink});\n"


def top_text(project: HlsProject, headers: Sequence[str], tables: Sequence[str]) -> str:
    """Text of ``<top>.cpp``: streams with their depths, then one call a node."""
    includes = "".join(f'#include "{name}"\n' for name in (*headers, *tables))
    streams = {stream.name: stream for stream in project.streams}
    lines = [f"#pragma HLS INTERFACE axis port = {s.port}\n" for s in _edges(project)]
    lines.append("#pragma HLS INTERFACE ap_ctrl_none port = return\n#pragma HLS DATAFLOW\n\n")
    for stream in project.streams:
        lines.append(
            f'  {_stream_type(stream)} {stream.wire}("{stream.name}");\n'
            f"#pragma HLS STREAM variable = {stream.wire} depth = {stream.depth}\n"
            f"#pragma HLS AGGREGATE variable = {stream.wire} compact = bit\n"
        )
    lines.append("\n")
    for stream in project.of_kind("input"):
        lines.append(_port_call("read_port", stream, stream.port, stream.wire))
    for node in project.nodes:
        sources = [streams[name] for name in node.sources]
        first, *others = (streams[name] for name in node.sinks)
        lines.append(f"  DF_BEGIN({node.name});\n  {node.call}\n")
        lines += [f"  DF_READ({source.wire});\n" for source in sources[1:]]
        lines += [f"  DF_WROTE({_container(s)}, {s.name}, {s.wire});\n" for s in others]
        lines.append(
            f"  DF_NODE({_container(first)}, {first.name}, {sources[0].wire}, {first.wire});\n"
        )
    for stream in project.of_kind("output"):
        lines.append(_port_call("write_port", stream, stream.wire, stream.port))
    return (
        f'{_HEAD}#include "{project.top}.hpp"\n\n{includes}\n{_prototype(project)} {{\n'
        + "".join(lines)
        + "}\n"
    )


def _container(stream: HlsStream) -> str:
    return f"std::{stream.container}"


def ports_text(project: HlsProject) -> str:
    """Text of ``ports.inc``, for ``main.cpp``: the ports, and their beats from and to files."""
    edges = _edges(project)
    members = "".join(f'  df::port_t<{s.bits}, {s.lanes}> {s.port}{{"{s.port}"}};\n' for s in edges)
    loads = "".join(
        f'  load_words(folder + "/{s.port}.in", {s.frame_beats}, ports.{s.port});\n'
        for s in project.of_kind("input")
    )
    stores = "".join(
        f'  store_words(folder + "/{s.port}.out", ports.{s.port});\n'
        for s in project.of_kind("output")
    )
    arguments = ", ".join(f"ports.{stream.port}" for stream in edges)
    return (
        f'{_HEAD}#include "{project.top}.hpp"\n\nstruct Ports {{\n{members}}};\n\n'
        f"static void load_frame(Ports &ports, const std::string &folder) {{\n{loads}}}\n\n"
        f"static void run_frame(Ports &ports) {{ {project.top}({arguments}); }}\n\n"
        f"static void store_frame(Ports &ports, const std::string &folder) {{\n{stores}}}\n"
    )
