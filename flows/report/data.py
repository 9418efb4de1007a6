"""The figures of a build as JSON, with the file names that FINN's users know."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, TypeVar

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build.config import BuildConfig
from flows.build.target import target_clocks
from flows.errors import FlowError
from flows.files import READER, write_text
from hw.ops.hls_base import HlsTable
from hw.ops.registry import HLS_DOMAIN

T = TypeVar("T")

#: Results of executors, which are of one build.
RESULTS = (
    "emulation",
    "rtlsim_performance",
    "cppsim",
    "hls_synth",
    "post_synth_resources",
    "synth_memories",
    "post_route_timing",
    "post_route_timing_network",
    "board_sim",
    "bitstream",
    "on_board",
)


def write_json(folder: Path, name: str, data: Any) -> None:
    """Write report/<name>.json."""
    write_text(folder / "report" / f"{name}.json", json.dumps(data, indent=2) + "\n")


def remove_results(folder: Path) -> None:
    """Remove what executors have written: it is of a build that no longer stands."""
    for name in RESULTS:
        remove_json(folder, name)
    for path in (folder / "verification_output").glob("verify_*_*.npy"):
        if not path.name.startswith("verify_import_"):  # of a step, which removes its own
            path.unlink(missing_ok=True)


def remove_json(folder: Path, name: str) -> None:
    """Remove report/<name>.json, so that an earlier result does not stand for a failed run."""
    (folder / "report" / f"{name}.json").unlink(missing_ok=True)


def read_json(folder: Path, name: str, schema: type[T]) -> T:
    """Read report/<name>.json as schema; FlowError where it is missing, broken or another form."""
    path = folder / "report" / f"{name}.json"
    if not os.path.lexists(path):
        raise FlowError(f"{path}: No such file or directory; build first")
    return READER.json(path, schema, "not as this flow writes it: make it again")


def read_nodes(folder: Path, name: str, schema: type[T], nodes: set[str]) -> dict[str, T]:
    """Read report/<name>.json, a schema by node; each of nodes must be there."""
    table: dict[str, T] = read_json(folder, name, dict[str, schema])  # type: ignore[valid-type]
    if missing := sorted(nodes - table.keys()):
        path = folder / "report" / f"{name}.json"
        raise FlowError(
            f"{path}: key {missing[0]} is missing; not as this flow writes it: make it again"
        )
    return table


def sha256(path: Path) -> str:
    """SHA-256 of a file, by which a report names it."""
    return hashlib.sha256(READER.data(path)).hexdigest()


def write_duplication(
    folder: Path, step: str, savings: list[dict[str, Any]], kept: dict[str, str]
) -> None:
    """Write what a fold of duplicated weights or inputs saved: report/<step>.json."""
    keys = [key for key in (savings[0] if savings else {}) if key.endswith(("before", "after"))]
    total = {key: sum(int(entry[key]) for entry in savings) for key in keys}
    write_json(folder, step, {"layers": savings, "not_folded": kept, "total": total})


def write_estimates(folder: Path, model: ModelWrapper, config: BuildConfig) -> None:
    """Write estimate_layer_cycles, estimate_layer_resources, op_and_param_counts and
    estimate_network_performance. All are estimates, none is from a synthesis."""
    cycles: dict[str, int] = {}
    resources: dict[str, Any] = {}
    counts: dict[str, Any] = {}
    for node in model.graph.node:
        op = getCustomOp(node)
        cycles[node.name] = int(op.get_exp_cycles())
        resources[node.name] = op.node_res_estimation(config.device.part)
        counts[node.name] = op.get_op_and_param_counts()
    total: dict[str, float] = {}
    for entry in resources.values():
        for key in ("LUT", "BRAM_18K", "URAM", "DSP"):
            total[key] = total.get(key, 0) + entry[key]
    slowest = max(cycles, key=lambda name: cycles[name])
    write_json(folder, "estimate_layer_cycles", cycles)
    write_json(folder, "estimate_layer_resources", {**resources, "total": total})
    write_json(folder, "op_and_param_counts", counts)
    performance = {
        "max_cycles": cycles[slowest],
        "max_cycles_node_name": slowest,
        "estimated_throughput_fps": 1e9 / config.clock_ns / cycles[slowest],
        "clock_ns": config.clock_ns,
        "target_clocks_per_frame": target_clocks(config, model),
    }
    write_json(folder, "estimate_network_performance", performance)


def _table_row(node: str, table: HlsTable) -> dict[str, Any]:
    """Row of memories.json for a constant table of an HLS node; the tool makes the ROM of it."""
    entries = int(table.values.size)
    return {
        "node": node,
        "file": f"hls/cpp/{node}_tables.hpp",
        "kind": table.kind,
        "rows": entries,
        "width": table.bits,
        "bits": entries * table.bits,
        "stored_bits": entries * table.bits,
        "padding_bits": 0,
        "padding": "",
    }


def write_memories(folder: Path, model: ModelWrapper) -> None:
    """Write report/memories.json: every generated memory with its bits, padding itemized."""
    rows = []
    for node in model.graph.node:
        op = getCustomOp(node)
        if node.domain == HLS_DOMAIN:
            rows += [_table_row(node.name, table) for table in op.hls_tables(model)]
            continue
        for memory in op.memories(model):
            rows.append(
                {
                    "node": node.name,
                    "file": f"rtl/{memory.name}.mem",
                    "kind": memory.kind,
                    "rows": len(memory.words),
                    "width": memory.width,
                    "bits": memory.bits,
                    "stored_bits": memory.stored_bits,
                    "padding_bits": memory.bits - memory.stored_bits,
                    "padding": memory.padding,
                }
            )
    total = {
        kind: {
            key: sum(row[key] for row in rows if row["kind"] == kind)
            for key in ("bits", "stored_bits", "padding_bits")
        }
        for kind in ("weights", "thresholds")
    }
    write_json(folder, "memories", {"memories": rows, "total": total})
    weights = total["weights"]
    print(
        f"weight memories: {weights['stored_bits']} bits stored once, "
        f"{weights['padding_bits']} bits of padding, {weights['bits']} bits in all"
    )
