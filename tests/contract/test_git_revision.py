"""A folder as it was at a revision, out of a real repository."""

import pytest

from tests.pasts import git
from triage.adapters.git import revision
from triage.adapters.git.revision import NoRevision, commit_of, same_repository, text_at, texts_at

YAML = frozenset({".yaml"})


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "books" / "deep").mkdir(parents=True)
    (tmp_path / "books" / "one.yaml").write_text("one")
    (tmp_path / "books" / "deep" / "two ü.yaml").write_text("zwei ü")
    (tmp_path / "books" / "notes.txt").write_text("no")
    (tmp_path / "books" / "link.yaml").symlink_to("one.yaml")
    (tmp_path / "model.json").write_text("{}")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "tag", "v1")
    (tmp_path / "books" / "one.yaml").write_text("changed")
    (tmp_path / "books" / "new.yaml").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "second")
    return tmp_path


def test_files_are_read_as_they_were_and_links_are_not_followed(repository):
    folder = repository / "books"
    assert texts_at(folder, "v1", YAML) == {"one.yaml": "one", "deep/two ü.yaml": "zwei ü"}
    assert texts_at(folder, "HEAD", YAML) == {
        "one.yaml": "changed",
        "new.yaml": "",
        "deep/two ü.yaml": "zwei ü",
    }
    assert len(commit_of(folder, "v1")) == 40


def test_what_stands_in_the_folder_and_was_never_committed_is_not_there(repository):
    (repository / "books" / "stray.yaml").write_text("stray")
    assert "stray.yaml" not in texts_at(repository / "books", "main", YAML)


def test_one_file_is_read_or_was_not_there(repository):
    assert text_at(repository / "model.json", "v1") == "{}"
    assert text_at(repository / "other.json", "v1") is None
    assert texts_at(repository, "v1", frozenset({".none"})) == {}


@pytest.mark.parametrize("wrong", ["v2", "--help", "-", "", "main:books", "main\nv1", "v1..main"])
def test_what_is_no_revision_is_refused(repository, wrong):
    with pytest.raises(NoRevision, match="knows no such revision"):
        texts_at(repository / "books", wrong, YAML)


def test_a_folder_outside_of_any_repository_is_a_sentence(tmp_path):
    with pytest.raises(NoRevision, match="knows no such revision"):
        texts_at(tmp_path, "main", YAML)


def test_what_is_too_large_or_no_text_is_refused(repository):
    for name, body in (("large", b"x" * (revision.BYTES_MAX + 1)), ("binary", b"\xff\xfe")):
        (repository / "books" / f"{name}.yaml").write_bytes(body)
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", name)
        with pytest.raises(NoRevision, match=f"{name}.yaml is"):
            texts_at(repository / "books", "HEAD", YAML)
        git(repository, "reset", "-q", "--hard", "HEAD~1")


def test_a_revision_means_the_same_only_within_one_repository(repository, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert same_repository(repository, repository / "books")
    assert not same_repository(repository, elsewhere)
    git(elsewhere, "init", "-q")
    assert not same_repository(repository, elsewhere)


def test_a_machine_without_git_is_a_sentence(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoRevision, match="git is not installed"):
        texts_at(repository, "v1", YAML)
