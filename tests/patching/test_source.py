import pytest

from eloss_plugins.errors import Refused
from eloss_plugins.patching.source import MAX_BYTES, Source

KEPT = {
    "crlf": b"a = 1\r\nb = 2\r\n",
    "mixed line ends": b"a = 1\r\nb = 2\nc = 3\r\n",
    "no final newline": b"a = 1\nb = 2",
    "byte order mark": b"\xef\xbb\xbfa = 1\n",
    "mark and cookie": b"\xef\xbb\xbf# coding: utf-8\na = 1\n",
    "utf-8": 'a = "\u00c5ngstr\u00f6m \U0001d6fc"\n'.encode(),
    "latin-1": "# -*- coding: latin-1 -*-\na = '\u00e9'\n".encode("latin-1"),
    "latin-1 in line 2": "#!/bin/sh \u00e9\n# vim: set fileencoding=latin-1 :\n".encode("latin-1"),
    "shift-jis": "# coding: shift_jis\na = '\u8868\u30bd'\n".encode("shift_jis"),
    "form feed": b"a = 1\n\x0c\nb = 2\n\x0c\ndef f():\n    pass\n",
    "other line separators": 'a = "\u2028\x0b\x1c\x85"\nb = 1\n'.encode(),
    "trailing blanks and a long line": b"a = 1   \n" + b"b = [" + b"1, " * 400 + b"]\t\n",
    "empty": b"",
    "a warning": b"a = '\\d'\nassert (a, 1)\n",
}

REFUSED = {
    "CR only": (b"a = 1\rb = 2\r", "line 1: a carriage return"),
    "CR in a comment": (b"a = 1\nb = 2 # \r\r\n", "line 2: a carriage return"),
    "NUL": (b"a = 1\n\0\n", "NUL byte at offset 6"),
    "bytes that are not UTF-8": (b"a = 1\nb = '\xe9'\n", "offset 11"),
    "offset counts the mark": (b"\xef\xbb\xbfa = 1\nb = '\xe9'\n", "offset 14"),
    "not in the first line either": (b"# \xe9\n", "offset 2"),
    "unknown encoding": (b"# coding: martian\na = 1\n", "martian"),
    "no text encoding": (b"# coding: rot13\na = 1\n", "rot13"),
    "mark against cookie": (b"\xef\xbb\xbf# coding: latin-1\n", "declares iso-8859-1"),
    "not the same back": (b"# coding: utf-7\na = '+AGE-'\n", "utf-7"),
    "user mid-edit": (b"a = 1\ndef f(:\n    pass\n", "line 2: does not parse"),
    "Python 2": (b"import os\nprint 'x'\n", "line 2: does not parse"),
    "too large": (b"#" * (MAX_BYTES + 1), "expected at most"),
    "too deep": (b"a = " + b"(" * 5000 + b")" * 5000, "parse"),
}


@pytest.mark.parametrize("name", KEPT)
def test_bytes_come_back(name):
    source = Source.read("a.py", KEPT[name])
    assert source.with_lines(source.lines).data == KEPT[name]
    assert source.bom + "".join(source.lines).encode(source.encoding) == KEPT[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_come_back_is_refused_with_its_place(name):
    data, said = REFUSED[name]
    with pytest.raises(Refused, match=said) as caught:
        Source.read("a/b.py", data)
    assert str(caught.value).startswith("a/b.py")


@pytest.mark.parametrize("name", KEPT)
def test_lines_are_numbered_as_in_the_tree(name):
    source = Source.read(
        "a.py", KEPT[name] + (b"" if KEPT[name][-1:] == b"\n" else b"\n") + b"z = 1"
    )
    assert source.lines[source.tree.body[-1].lineno - 1] == "z = 1"
