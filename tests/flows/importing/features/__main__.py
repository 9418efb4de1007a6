"""Prints which of the small files map: ``python -m tests.flows.importing.features``."""

import tempfile
from pathlib import Path

from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.integer_graph import from_onnx
from tests.flows.importing.features.files import save
from tests.flows.importing.test_features import FILES, SCALES


def main() -> None:
    """One line a file: its integer graph's operators, or what stands in the way."""
    mapped = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.onnx"
        for name, make in FILES.items():
            save(make(), path)
            try:
                graph = from_onnx(streamline(prepare(load_qonnx(path)), SCALES.get(name)))
            except FlowError as error:
                print(f"| {name} | no | {str(error).splitlines()[0]} |")
                continue
            mapped += 1
            print(f"| {name} | yes | {', '.join(node.op for node in graph.nodes)} |")
    print(f"{mapped} of {len(FILES)} map")


main()
