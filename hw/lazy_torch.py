"""FINN's LayerNorm gets PyTorch when it computes, not when it is imported.

Whoever imports an operator of FINN imports all of them, and that one imports PyTorch: more than a
second for every command, though no network here has a LayerNorm.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from itertools import pairwise
from types import ModuleType
from typing import Any

_LAYER_NORM = "finn.custom_op.fpgadataflow.layernorm"
#: What it imports; inner packages behind outer ones.
_IMPORTED = ("torch", "torch.nn", "torch.nn.functional")


class _Later(ModuleType):
    """Stands for a module that is imported when something of it is asked for."""

    __path__: list[str] = []  # so that Python takes it for a package

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


class _LayerNormLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        stand_ins = {name: _Later(name) for name in _IMPORTED}
        for outer, inner in pairwise(_IMPORTED):
            setattr(stand_ins[outer], inner.rpartition(".")[2], stand_ins[inner])
        sys.modules.update(stand_ins)
        try:
            self._loader.exec_module(module)
        finally:
            for name in stand_ins:
                del sys.modules[name]


class _LayerNormFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _LAYER_NORM or "torch" in sys.modules:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _LayerNormLoader(spec.loader)
        return spec


def install() -> None:
    """From here on, FINN's LayerNorm is imported without PyTorch."""
    sys.meta_path.insert(0, _LayerNormFinder())
