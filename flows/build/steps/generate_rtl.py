"""Step generate_rtl: the accelerator's sources and memories, stitched to one top module."""

from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.files import check_space
from hw.hls.vitis import made_verilog
from hw.ops.hls_base import HlsTable, hls_variant
from hw.ops.registry import is_hls, rtl_of
from hw.stitch import hls_nodes, needs_vitis, stitch
from outside.whole import remove


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    config, folder = build.config, build.paths.rtl
    check_space(folder)
    remove(folder)  # nothing of an earlier build may stay
    made = made_verilog(model, build.paths.vitis, config.device.part, config.clock_ns)
    if missing := [name for name in hls_nodes(model) if name not in made]:
        print(f"generate_rtl: no RTL was written: {needs_vitis(missing)}")
    else:
        stitch([model], folder, config.top, hls_verilog=made)
    _write_memories(build, model)
    return model


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


def _write_memories(build: Build, model: ModelWrapper) -> None:
    """Write every generated memory with its bits, padding itemized."""
    rows = []
    for node in model.graph.node:
        if is_hls(node):
            tables = hls_variant(node).hls_tables(model)
            rows += [_table_row(node.name, table) for table in tables]
            continue
        for memory in rtl_of(node).memories(model):
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
    build.results.write(ResultName.MEMORIES, {"memories": rows, "total": total})
    weights = total["weights"]
    print(
        f"weight memories: {weights['stored_bits']} bits stored once, "
        f"{weights['padding_bits']} bits of padding, {weights['bits']} bits in all"
    )


STEP = Step(StepName.GENERATE_RTL, _run)
