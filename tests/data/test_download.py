"""Against a server of our own on this machine's loopback, which never leaves it."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eloss_plugins.data import download
from eloss_plugins.data.download import RemoteFile, fetch
from eloss_plugins.errors import EnvironmentProblem

BODY = b"molecules" * 1000


@pytest.fixture(autouse=True)
def online(monkeypatch):
    monkeypatch.delenv("ELOSS_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server():
    """Answers of `server.answers` by path: a list of (status, body), the last one for ever."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answers = served.answers[self.path]
            status, body = answers.pop(0) if len(answers) > 1 else answers[0]
            served.asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.answers, served.asked = {}, []
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


def remote(server, *paths: str) -> RemoteFile:
    urls = tuple(f"http://127.0.0.1:{server.server_port}{path}" for path in paths)
    return RemoteFile("data.bin", urls, len(BODY), hashlib.sha256(BODY).hexdigest())


def ask(file, folder):
    pauses = []
    try:
        return fetch(file, folder, sleep=pauses.append), pauses
    finally:
        assert [path.name for path in folder.glob(".*")] == []


def test_file_arrives_whole(server, tmp_path):
    server.answers = {"/a": [(200, BODY)]}
    path, pauses = ask(remote(server, "/a"), tmp_path)
    assert path.read_bytes() == BODY
    assert pauses == []


def test_file_that_is_there_is_not_asked_for_again(server, tmp_path):
    (tmp_path / "data.bin").write_bytes(BODY)
    ask(remote(server, "/a"), tmp_path)
    assert server.asked == []


@pytest.mark.parametrize("content", [BODY[:-1], BODY[:-1] + b"S"])
def test_wrong_file_that_is_there_is_kept_and_named(server, tmp_path, content):
    (tmp_path / "data.bin").write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="move it away"):
        ask(remote(server, "/a"), tmp_path)
    assert (tmp_path / "data.bin").read_bytes() == content


@pytest.mark.parametrize("busy", [429, 503])
def test_busy_server_and_cut_body_are_tried_again_after_pauses(server, tmp_path, busy):
    server.answers = {"/a": [(busy, BODY), (200, BODY[:50]), (200, BODY)]}
    path, pauses = ask(remote(server, "/a"), tmp_path)
    assert path.read_bytes() == BODY
    assert pauses == [2, 4]


def test_missing_page_goes_on_to_the_mirror_at_once(server, tmp_path):
    server.answers = {"/a": [(404, BODY)], "/b": [(200, BODY)]}
    _, pauses = ask(remote(server, "/a", "/b"), tmp_path)
    assert server.asked == ["/a", "/b"]
    assert pauses == []


@pytest.mark.parametrize(
    "body", [b"<html>sign in</html>".ljust(len(BODY)), BODY[:-1] + b"S"], ids=["page", "flipped"]
)
def test_wrong_bytes_are_never_put_in_place(server, tmp_path, body):
    server.answers = {"/a": [(200, body)]}
    with pytest.raises(EnvironmentProblem, match="expected sha256"):
        ask(remote(server, "/a"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_refusal_says_what_to_get_where_and_where_to_put_it(server, tmp_path):
    server.answers = {"/a": [(403, BODY)]}
    file = remote(server, "/a")
    with pytest.raises(EnvironmentProblem) as refusal:
        ask(file, tmp_path)
    for part in ("HTTP 403", file.urls[0], file.sha256, str(tmp_path / "data.bin")):
        assert part in str(refusal.value)


def test_offline_asks_nobody(server, tmp_path, monkeypatch):
    monkeypatch.setenv("ELOSS_OFFLINE", "1")
    with pytest.raises(EnvironmentProblem, match="ELOSS_OFFLINE is set.*put it at"):
        ask(remote(server, "/a"), tmp_path)
    assert server.asked == []


def test_offline_switched_off_is_no_bar(server, tmp_path, monkeypatch):
    monkeypatch.setenv("ELOSS_OFFLINE", "off")
    server.answers = {"/a": [(200, BODY)]}
    assert ask(remote(server, "/a"), tmp_path)[0].read_bytes() == BODY


def test_interruption_leaves_nothing(server, tmp_path, monkeypatch):
    def interrupt(*_args):
        raise KeyboardInterrupt

    server.answers = {"/a": [(200, BODY)]}
    monkeypatch.setattr(download, "check_bytes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ask(remote(server, "/a"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_a_problem_of_the_environment(server, tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    server.answers = {"/a": [(200, BODY)]}
    monkeypatch.setattr(download.os, "replace", full)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        ask(remote(server, "/a"), tmp_path)
