"""Labelled scenes with faces, rendered from a seed; no photograph is used anywhere.

`render_scene(seed)` gives one scene; `python -m model.scenes` writes many in WIDER FACE's layout.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.scenes.compose import Scene, render_scene

__all__ = ["Scene", "render_scene"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from model.scenes import compose

        return getattr(compose, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
