"""The FINN operators, one file or folder each. Importing this package registers them all.

What it holds beside them is what operators share. Nothing here lists them: each registers itself
(hw.ops.registry).
"""

from importlib import import_module
from pkgutil import iter_modules

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")
