"""Files with random damage are read or refused with a sentence; nothing else happens."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eloss_plugins.data.load import load
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.errors import ElossError
from tests.data.files import some_files

SOUND = some_files()
PLACE = st.floats(0, 1)
BYTES = st.binary(max_size=3) | st.text("0123456789.,-+eEnaN \n\r\t$:=HCO*^", max_size=5)
DAMAGE = st.lists(st.tuples(PLACE, st.integers(0, 40), BYTES), min_size=1, max_size=4)


def damaged(content: bytes, damage) -> bytes:
    for place, removed, inserted in damage:
        start = int(place * len(content))
        put = inserted if isinstance(inserted, bytes) else inserted.encode()
        content = content[:start] + put + content[start + removed :]
    return content


def answer(use, path) -> str:
    """The sentence that refuses the file, or its own path when it was read."""
    try:
        use(str(path))
    except ElossError as refusal:
        return str(refusal)
    return str(path)


@pytest.mark.parametrize("name", SOUND)
@settings(max_examples=80, deadline=None)
@given(damage=DAMAGE)
def test_damaged_file_is_read_or_refused(tmp_path_factory, name, damage):
    path = Path(tmp_path_factory.mktemp("damage")) / name
    path.write_bytes(damaged(SOUND[name], damage))
    for use in (read_molecules, load):
        assert str(path) in answer(use, path)


@pytest.mark.parametrize("name", SOUND)
def test_sound_file_is_read(tmp_path, name):
    (tmp_path / name).write_bytes(SOUND[name])
    assert len(read_molecules(tmp_path / name)) >= 2
