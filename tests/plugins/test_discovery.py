import importlib
import random
import sys
import time
import zipfile
from pathlib import Path

from eloss_plugins import plugins


def third_party() -> list[str]:
    return [source.name for source in plugins.discover() if not source.is_own]


def test_plugins_come_in_order_of_distribution_and_entry(site):
    site.add("zeta", None, entries="[eloss]\nb = m\na = m\n")
    site.add("alpha", None)
    assert third_party() == ["alpha:alpha", "zeta:a", "zeta:b"]


def test_order_does_not_depend_on_the_import_path(site, tmp_path, monkeypatch):
    folders = [tmp_path / f"place{i}" for i in range(6)]
    for i, folder in enumerate(folders):
        site.add(f"dist{i}", None, path=folder)
    shuffled = random.Random(0)
    seen = set()
    for _ in range(20):
        shuffled.shuffle(folders)
        monkeypatch.setattr(sys, "path", [*map(str, folders), *sys.path])
        seen.add(tuple(third_party()))
    assert seen == {tuple(f"dist{i}:dist{i}" for i in range(6))}


def test_distribution_found_twice_counts_once_as_the_first_on_the_path(site, tmp_path, monkeypatch):
    site.add("twice", None, version="1.0")
    site.add("twice", None, version="2.0", path=tmp_path / "editable")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "editable"), *sys.path])
    assert [s.version for s in plugins.discover() if s.dist == "twice"] == ["2.0"]


def test_shadowed_distribution_gives_no_plugin(site, tmp_path, monkeypatch):
    site.add("shadowed", None)
    site.add("shadowed", None, version="2.0", entries="[other]\nx = y\n", path=tmp_path / "new")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "new"), *sys.path])
    assert third_party() == []


def test_folder_names_a_distribution_without_metadata(site):
    site.add("half-removed", None, version="3.1", metadata=None)
    (found,) = (source for source in plugins.discover() if source.dist == "half-removed")
    assert found.version == "3.1"


def test_metadata_without_name_or_body_are_survived(site):
    for number, text in enumerate(["", "garbage\n\x00\n", "Name:\n\nName: body\n"]):
        folder = site.path / f"odd{number}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(text)
        (folder / "entry_points.txt").write_text("[eloss]\nx = x\n")
    assert third_party() == ["odd0:x", "odd1:x", "odd2:x"]


def test_unreadable_bytes_in_metadata_are_survived(site):
    folder = site.path / "bytes-1.dist-info"
    folder.mkdir()
    (folder / "entry_points.txt").write_bytes(b"[eloss]\nx = \xff\xfe\n")
    site.add("good", None)
    assert third_party() == ["good:good"]


def test_distribution_inside_a_zip_is_found(site, monkeypatch):
    site.add("zipped")
    archive = Path(site.path.parent) / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for entry in site.path.rglob("*"):
            file.write(entry, entry.relative_to(site.path))
    monkeypatch.setattr(sys, "path", [str(archive), *sys.path[1:]])
    importlib.invalidate_caches()
    assert third_party() == ["zipped:zipped"]
    assert "zipped:zipped" in {plugin.source.name for plugin in plugins.load().plugins}


def test_plugin_in_a_namespace_package_loads(site):
    folder = site.path / "shared_space"
    folder.mkdir()
    site.add("spaced", entries="[eloss]\nx = shared_space.part\n", module="part", path=folder)
    (folder / "spaced-1.0.dist-info").rename(site.path / "spaced-1.0.dist-info")
    importlib.invalidate_caches()
    assert "spaced:x" in {plugin.source.name for plugin in plugins.load().plugins}
    sys.modules.pop("shared_space.part")


def test_builtin_plugin_is_there_without_metadata(monkeypatch):
    monkeypatch.setattr("importlib.metadata.distributions", lambda **_: [])
    assert [source.name for source in plugins.discover()] == ["eloss-plugins:builtin"]


def test_thousand_distributions_are_searched_in_150_ms_and_none_is_imported(site):
    for number in range(1000):
        group = "eloss" if number % 100 == 0 else "console_scripts"
        folder = site.path / f"d{number}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: d{number}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[{group}]\nx = module_of_d{number}\n")
    times = []
    for _ in range(5):
        importlib.invalidate_caches()
        before = time.process_time()
        assert len(third_party()) == 10
        times.append(time.process_time() - before)
    assert min(times) <= 0.150
    assert not any(name.startswith("module_of_d") for name in sys.modules)
