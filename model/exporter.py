"""The exporter in one line: a hash of all that an export follows from, beside the weights.

    python -m model.exporter

prints it. Make and ``dupnet`` export a network again where it is another than that of before.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

#: Packages that write an export.
PACKAGES = ("torch", "brevitas", "qonnx", "onnx")


def exporter() -> str:
    """Hash of this package's sources and of the versions of the packages that export."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes() + b"\0")
    for package in PACKAGES:
        digest.update(f"{package} {version(package)}\n".encode())
    return digest.hexdigest() + "\n"


if __name__ == "__main__":
    print(exporter(), end="")
