"""Who may import whom, read from the source."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOTS = {"eloss_plugins": "eloss_plugins", "adapters": "eloss_plugins.adapters"}
ROOTS["patches"] = "eloss_plugins.patches"

CORE = {"core", "errors"}
PLUGIN_SIDE = {"plugins", "hookspecs", "errors", "truth", ""}
"""The empty name is the package itself, which gives `hookimpl` and `__version__`."""

MAY_IMPORT: dict[str, set[str]] = {
    "core": CORE,
    "errors": set(),
    "hookspecs": set(),
    "plugins": PLUGIN_SIDE,
    "builtin": PLUGIN_SIDE,
    "host": PLUGIN_SIDE | CORE | {"contract", "discrete_contract"},
    "contract": PLUGIN_SIDE | CORE,
    "discrete_contract": CORE,
    "adapters": CORE | {"position_loss", "hookspecs", ""},
    "position_loss": CORE | {"position_loss", "data", "chem"},
    "patched": CORE | {"host", "position_loss", "terminal", "chem", ""},
    "graphs": CORE | {"progress", "side_by_side", "cores", "atomic_write", "chem"},
    "chem": CORE | {"data", "atomic_write"},
    "metrics": CORE | {"chem", "data"},
    "recipes": {"recipes"},
    "shapes": CORE | {"host", "plugins", "trainers", "progress", "slug"},
    "spins": CORE | {"host", "graphs", "trainers", "progress", "side_by_side", "cores", "slug"},
    "trainers": CORE
    | {"host", "plugins", "data", "progress", "cores", "atomic_write", "truth", ""},
    "atomic_write": set(),
    "progress": {"terminal"},
    "side_by_side": {"progress", "errors"},
    "cores": set(),
    "slug": set(),
    "terminal": set(),
    "truth": set(),
    "equivariance": CORE,
    "patching": {"patching", "plugins", "errors", ""},
    "vendor": {"vendor", "patching", "progress", "errors", "unfinished"},
    "unfinished": set(),
    "patches": {"patching", "errors", "hookspecs", ""},
    "": {"hookspecs"},
}
"""Parts of the package that a part may import; parts not listed here may import any."""

OUTSIDE = {
    "core": {"torch"},
    "hookspecs": {"pluggy"},
    "plugins": {"pluggy", "packaging"},
    "errors": set(),
    "builtin": set(),
    "host": set(),
    "contract": {"torch"},
    "discrete_contract": {"torch"},
    "adapters": {"torch"},
    "position_loss": {"torch"},
    "patched": {"torch"},
    "graphs": {"numpy", "scipy", "numba", "networkx", "torch"},
    "spins": {"numpy", "scipy", "torch"},
    "patching": {"packaging"},
    "vendor": set(),
    "": set(),
}
"""Packages other than the standard library that a part may import at its top."""


def modules() -> Iterator[tuple[str, Path]]:
    """Name as installed, and file, of every module of the project."""
    for folder, package in ROOTS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            yield ".".join((package, *(part for part in parts if part != "__init__"))), path


def part_of(module: str) -> str:
    """The part of the package that a module is in: `core` of `eloss_plugins.core.pairs`."""
    return module.split(".")[1] if "." in module else ""


def imports(tree: ast.AST, *, everywhere: bool) -> Iterator[str]:
    """Modules that a file imports, at its top or anywhere, but for type checking."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(node)
        elif everywhere or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imports(node, everywhere=everywhere)


def _from(node: ast.ImportFrom) -> Iterator[str]:
    module = "." * node.level + (node.module or "")
    known = {name for name, _ in MODULES}
    for alias in node.names:
        full = f"{module}.{alias.name}"
        yield full if full in known else module


MODULES = list(modules())
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES}


def every_import(at_top: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Pairs (module, what it imports); of the parts in `at_top`, outside functions alone."""
    return [
        (module, name)
        for module, tree in TREES.items()
        for name in imports(tree, everywhere=part_of(module) not in at_top)
    ]


def is_own(name: str) -> bool:
    return name.split(".")[0] == "eloss_plugins"


def is_foreign(name: str) -> bool:
    return not is_own(name) and name.split(".")[0] not in sys.stdlib_module_names


def may_import(part: str, other: str) -> bool:
    return part == other or part not in MAY_IMPORT or other in MAY_IMPORT[part]


def test_imports_are_absolute():
    assert not [pair for pair in every_import() if pair[1].startswith(".")]


def test_layers_import_only_what_lies_below():
    own = ((m, name) for m, name in every_import(at_top=("adapters",)) if is_own(name))
    assert not [(m, name) for m, name in own if not may_import(part_of(m), part_of(name))]


def test_layers_depend_on_few_packages():
    foreign = ((m, name) for m, name in every_import(at_top=tuple(OUTSIDE)) if is_foreign(name))
    limited = ((m, name) for m, name in foreign if part_of(m) in OUTSIDE)
    assert not [(m, name) for m, name in limited if name.split(".")[0] not in OUTSIDE[part_of(m)]]


def test_nothing_imports_adapters_or_patches():
    behind = {"adapters", "patches"}
    assert not [pair for pair in every_import() if pair[1].split(".")[0] in behind]
    inside = ((m, name) for m, name in every_import() if is_own(name) and part_of(name) in behind)
    assert not [(m, name) for m, name in inside if part_of(m) != part_of(name)]


def test_one_file_names_torch_scatter():
    users = {module for module, name in every_import() if name.split(".")[0] == "torch_scatter"}
    assert users <= {"eloss_plugins.core.segments"}


def test_of_graphs_only_edge_sets_know_torch():
    users = {module for module, name in every_import() if name.split(".")[0] == "torch"}
    graphs = {module for module in users if part_of(module) == "graphs"}
    assert graphs
    assert all(module.startswith("eloss_plugins.graphs.edge_sets.") for module in graphs)


def test_building_graphs_loads_no_torch():
    code = "import sys, eloss_plugins.graphs.cache.worker, eloss_plugins.chem.bonds;"
    code += "print({'torch', 'rdkit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_patching_never_loads_torch():
    users = {module for module, name in every_import() if name.split(".")[0] == "torch"}
    assert not {part_of(module) for module in users} & {"patching", "patches"}


def test_package_list_equals_the_folders():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {name for name, path in MODULES if path.name == "__init__.py"}
    assert sorted(listed) == sorted(folders)


def test_every_data_file_is_in_the_wheel():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    named = {
        path
        for package, patterns in settings["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    there = {
        path
        for folder in ROOTS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert there
    assert sorted(there - named) == []


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for _, path in MODULES}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


@pytest.mark.parametrize(
    "module",
    ["eloss_plugins", "eloss_plugins.host", "eloss_plugins.plugins", "eloss_plugins.builtin"],
)
def test_import_is_cheap_and_without_side_effects(module):
    code = f"""
import os, random, sys
before = (random.getstate(), os.getcwd(), dict(os.environ), len(sys.meta_path))
import {module}
assert before == (random.getstate(), os.getcwd(), dict(os.environ), len(sys.meta_path))
heavy = "torch rdkit numpy matplotlib e3nn lightning_fabric eloss_plugins.adapters".split()
print(sorted(set(heavy) & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_names_are_listed_without_torch():
    code = "import sys; from eloss_plugins import plugins; print(plugins.load().losses.names());"
    code += "print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "('energy', 'gram', 'kabsch', 'mae', 'mse')\nFalse\n", done.stderr
