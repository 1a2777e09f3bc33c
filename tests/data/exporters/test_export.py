from dataclasses import replace
from pathlib import Path

import pytest

from eloss_plugins.data.exporters import EXPORTERS, exporter_of
from eloss_plugins.data.exporters.export import derived, export
from eloss_plugins.errors import UsageError
from tests.data.exporters.sets import sound

JODO = exporter_of("jodo")
STEADY = [name for name in EXPORTERS if name != "semlaflow"]  # torch pickles addresses


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_exporter_writes_the_files_that_it_declares(name, tmp_path):
    exported = export(sound(), exporter_of(name), tmp_path / "new" / "folder")
    assert files_in(tmp_path / "new" / "folder") == set(exported.files)


@pytest.mark.parametrize(
    "name", [name for name in EXPORTERS if name != "semlaflow"]
)  # torch pickles addresses
def test_the_same_data_gives_the_same_bytes(name, tmp_path):
    for folder in (tmp_path / "a", tmp_path / "b"):
        export(sound(), exporter_of(name), folder)
    for file in exporter_of(name).files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_an_unknown_format_lists_the_known_ones():
    with pytest.raises(UsageError, match="known: edm, edm-geom, .*Did you mean `jodo`"):
        exporter_of("joddo")


def interrupted(prepared, folder):
    JODO.write(prepared, folder)
    raise KeyboardInterrupt


def test_an_interrupt_leaves_the_old_files_and_nothing_else(tmp_path):
    export(sound(), JODO, tmp_path)
    (tmp_path / "processed" / "data_qm9.pt").write_text("made by upstream")
    before = {file: (tmp_path / file).read_bytes() for file in files_in(tmp_path)}
    with pytest.raises(KeyboardInterrupt):
        export(sound(), replace(JODO, write=interrupted), tmp_path)
    assert {file: (tmp_path / file).read_bytes() for file in files_in(tmp_path)} == before


def test_an_interrupt_leaves_no_new_folder(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        export(sound(), replace(JODO, write=interrupted), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_what_upstream_made_of_older_files_is_removed(tmp_path):
    export(sound(), JODO, tmp_path)
    made = tmp_path / "processed" / "data_qm9.pt"
    made.write_text("made by upstream")
    assert derived(JODO, tmp_path) == [made]
    export(sound(), JODO, tmp_path)
    assert not made.exists()
    assert (tmp_path / "processed" / "split_dict_qm9.pt").exists()
