"""Text of instances, as the generated top levels have them."""

from collections.abc import Mapping


def instance(
    module: str, parameters: Mapping[str, object], pins: Mapping[str, str], name: str = ""
) -> str:
    """An instance of a module, by names; its own name is i_<module> unless another is given."""
    values = ",\n".join(f"    .{key}({value})" for key, value in parameters.items())
    chosen = f" #(\n{values}\n  )" if values else ""
    links = ",\n".join(f"    .{pin}({wire})" for pin, wire in pins.items())
    return f"  {module}{chosen} {name or f'i_{module}'} (\n{links}\n  );\n"
