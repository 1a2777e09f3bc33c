import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.vendor.origin import origin_of


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a/b", "ssh://git@example.org/a", "git@example.org:a/b.git"],
)
def test_addresses_are_left_as_they_are(text):
    assert (origin_of(text).kind, origin_of(text).text) == ("address", text)


@pytest.mark.parametrize(
    "text",
    [
        "--upload-pack=touch x",
        "-oProxyCommand=x",
        "ext::sh -c touch",
        "fd::17",
        "ftp://example.org/a",
        "javascript://x",
        "ssh://-oProxyCommand=x/a",
        "https://example.org/a b",
        "https://example.org/\x1b[31m",
        "nowhere",
        "",
        "\0",
    ],
)
def test_what_is_no_address_and_no_folder_is_refused(text):
    with pytest.raises(UsageError):
        origin_of(text)


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file; name the folder"):
        origin_of(str(tmp_path / "file"))


def test_folders_are_told_from_repositories(tmp_path, upstream):
    assert origin_of(str(tmp_path)).kind == "folder"
    assert origin_of(str(upstream)).kind == "repository"
    assert origin_of(str(upstream / ".git")).kind == "repository"
    assert origin_of(str(upstream / "data")).kind == "folder"


def test_a_link_and_a_home_are_followed(tmp_path, upstream, home):
    (home / "link").symlink_to(upstream)
    assert origin_of("~/link").text == origin_of("link").text == str(upstream)


def test_names_and_passwords_are_not_shown():
    assert origin_of("https://me:secret@example.org/a").shown == "https://example.org/a"
