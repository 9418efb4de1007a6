"""No circle of imports among the product's modules, at the top of a module or within a function."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("camera_path", "model", "hw", "flows", "outside", "dupnet")
#: Circles that are still there. This list may only shrink.
ALLOWED: set[frozenset[str]] = set()


def _modules():
    found = {}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(text, package, modules):
    """Modules that a text imports anywhere; ``from package import name`` is the module, if it is
    one. package: of the text, to which its relative imports refer.

    Those for type checkers alone count too: what needs the other's types depends on it.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            source = ".".join([*(above if node.level else ()), *filter(None, [node.module])])
            for alias in node.names:
                name = f"{source}.{alias.name}"
                if name in modules or source in modules:
                    yield name if name in modules else source


def _graph(modules):
    return {
        name: set(
            _imports(
                path.read_text(encoding="utf-8"),
                name if path.stem == "__init__" else name.rpartition(".")[0],
                modules,
            )
        )
        for name, path in modules.items()
    }


def circles(graph):
    """Sets of modules that reach each other (strongly connected, by Tarjan's algorithm)."""
    order, low, stack, found = {}, {}, [], []

    def visit(name):
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == order[name]:
            group = stack[stack.index(name) :]
            del stack[-len(group) :]
            if len(group) > 1 or name in graph[name]:
                found.append(frozenset(group))

    for name in graph:
        if name not in order:
            visit(name)
    return found


def test_circles_are_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}, "e": set()}
    assert set(circles(graph)) == {frozenset("bc"), frozenset("d")}


def test_relative_imports_count():
    modules = {"a", "a.b", "a.b.c", "a.b.d", "a.e"}
    text = "from . import c, unknown\nfrom .d import x\nfrom ..e import y\nfrom .. import z\n"
    found = list(_imports(text, "a.b", modules))
    assert found == ["a.b.c", "a.b", "a.b.d", "a.e", "a"]


def test_no_module_imports_what_imports_it():
    modules = _modules()
    assert len(modules) > 250
    graph = _graph(modules)
    assert "hw.driver.backend" in graph["hw.driver.accelerator"]
    assert {group for group in circles(graph) if group not in ALLOWED} == set()
