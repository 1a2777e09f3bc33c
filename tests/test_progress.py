import io

import pytest

from eloss_plugins import progress as module
from eloss_plugins.progress import progress, quiet
from eloss_plugins.terminal import columns, duration, wants_colour, write_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def run(stream: io.StringIO, **options) -> str:
    with progress("training", 100, stream=stream, **options) as task:
        for _ in range(100):
            task.advance(loss=0.125)
        task.say("saved [at 100]")
    return stream.getvalue()


def test_off_a_terminal_lines_carry_no_control_codes():
    text = run(io.StringIO(), interval=0.0)
    assert "\r" not in text
    assert "\x1b" not in text
    assert "training: 100/100 (100 %)" in text
    assert "loss 0.125" in text


def test_lines_come_at_most_once_an_interval():
    assert len(run(io.StringIO(), interval=3600.0).splitlines()) == 3  # opening, said, closing


def test_every_plain_line_starts_with_the_time():
    lines = run(io.StringIO(), interval=0.0).splitlines()
    assert all(line[:8].replace(":", "").isdecimal() for line in lines)


def test_on_a_terminal_a_bar_is_drawn_and_notes_stay():
    text = run(Terminal())
    assert "\x1b" in text
    assert "saved [at 100]" in text
    assert "100/100" in text


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("COLUMNS", "20")])
def test_a_terminal_that_cannot_hold_a_bar_gets_lines(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert "\x1b" not in run(Terminal())


@pytest.mark.parametrize("width", ["60", "79", "200"])
def test_a_bar_is_drawn_at_every_usable_width(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    assert "100/100" in run(Terminal())


@pytest.mark.parametrize("width", ["0", "-3", "wide", ""])
def test_a_senseless_width_is_ignored(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    assert columns() > 0


def test_no_color_leaves_no_colour(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in run(Terminal())


def test_quiet_shows_nothing():
    stream = Terminal()
    with quiet():
        run(stream)
    assert stream.getvalue() == ""
    assert not module.is_quiet()


def test_a_hidden_task_shows_nothing():
    assert run(Terminal(), hidden=True) == ""


def test_a_bar_inside_a_bar_is_not_drawn_but_heard():
    stream = Terminal()
    with progress("outer", 2, stream=stream), progress("inner", 2, stream=stream) as inner:
        inner.advance()
        inner.say("half way")
    assert "inner" not in stream.getvalue()
    assert "half way" in stream.getvalue()


def test_a_resumed_task_starts_where_it_stopped():
    stream = io.StringIO()
    with progress("training", 100, start=60, stream=stream) as task:
        task.advance(40)
    assert "starts at 60 of 100" in stream.getvalue()
    assert "100/100" in stream.getvalue()


def test_unknown_total_counts_up():
    stream = io.StringIO()
    with progress("reading", None, stream=stream) as task:
        task.advance(7)
    assert "reading: 7, " in stream.getvalue()


def test_a_closed_stream_does_not_stop_the_work():
    stream = io.StringIO()
    with progress("training", 3, stream=stream, interval=0.0) as task:
        task.advance()
        stream.close()
        task.advance()
        task.say("on it goes")


def test_an_error_inside_passes_through():
    with pytest.raises(KeyError), progress("training", 3, stream=io.StringIO()):
        raise KeyError("lost")


def test_ascii_streams_get_escapes_not_errors():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write_line(stream, "5 ± 1 é")
    assert raw.getvalue() == b"5 +/- 1 \\xe9\n"


@pytest.mark.parametrize(
    ("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("CLICOLOR", "0")]
)
def test_colour_is_refused_by_each_convention(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert not wants_colour(Terminal())


def test_colour_can_be_forced_off_a_terminal(monkeypatch):
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_colour(io.StringIO())


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 s"), (600, "10 min"), (11100, "3 h 05 min"), (89.6, "90 s")]
)
def test_durations_read_as_people_say_them(seconds, text):
    assert duration(seconds) == text
