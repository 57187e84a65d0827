"""The object store port: a folder and an S3 bucket answer alike."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from triage.adapters.aws.objects import S3Objects
from triage.adapters.files.objects import FolderObjects
from triage.ports.object_store import ObjectStore, Unreachable
from triage.sandbox.server import Sandbox

BUCKET = "trail-of-mine"
Make = Callable[[Mapping[str, bytes]], ObjectStore]


@pytest.fixture(params=["folder", "bucket", "prefix"])
def make(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Make:
    """Fill a store of each kind."""

    def folder(files: Mapping[str, bytes]) -> ObjectStore:
        for key, content in files.items():
            (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / key).write_bytes(content)
        return FolderObjects(tmp_path)

    def bucket(files: Mapping[str, bytes], prefix: str = "") -> ObjectStore:
        s3 = sandbox.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="elsewhere/a", Body=b"-") if prefix else None
        for key, content in files.items():
            s3.put_object(Bucket=BUCKET, Key=prefix + key, Body=content)
        return S3Objects(s3, BUCKET, prefix)

    makers: Mapping[str, Make] = {
        "folder": folder,
        "bucket": bucket,
        "prefix": lambda files: bucket(files, "some/where/"),
    }
    return makers[request.param]


KEYS = ["a-b/c", "a.b", "a/b", "a/b-c", "a/c/d", "b/\N{LATIN SMALL LETTER E WITH ACUTE}", "c"]


def test_keys_come_in_the_order_of_their_bytes_whatever_the_folders(make):
    store = make(dict.fromkeys(reversed(KEYS), b"-"))
    found = [one.key for one in store.list(after="", at_most=100)]
    assert found == sorted(KEYS, key=str.encode)


def test_a_listing_goes_on_after_any_key_even_one_that_is_not_there(make):
    store = make(dict.fromkeys(("a/1", "a/2", "b/1", "c/1"), b"-"))
    after = {
        start: [one.key for one in store.list(after=start, at_most=100)]
        for start in ("a/1", "a/15", "a", "b", "b/1", "zzz")
    }
    assert after == {
        "a/1": ["a/2", "b/1", "c/1"],
        "a/15": ["a/2", "b/1", "c/1"],
        "a": ["a/1", "a/2", "b/1", "c/1"],
        "b": ["b/1", "c/1"],
        "b/1": ["c/1"],
        "zzz": [],
    }


def test_pages_put_together_are_the_whole(make):
    keys = [f"{number:04}" for number in range(25)]
    store, seen, after = make(dict.fromkeys(keys, b"-")), [], ""
    while page := store.list(after=after, at_most=10):
        seen += [one.key for one in page]
        after = seen[-1]
    assert seen == keys


def test_a_file_is_read_no_further_than_asked(make):
    store = make({"a/b": b"0123456789"})
    (listed,) = store.list(after="", at_most=1)
    assert (listed.size, store.read("a/b", at_most=4), store.read("a/b", at_most=99)) == (
        10,
        b"0123",
        b"0123456789",
    )


def test_a_file_that_is_not_there_is_unreachable(make):
    with pytest.raises(Unreachable, match="a/b"):
        make({"c": b"-"}).read("a/b", at_most=1)


def test_a_tag_changes_with_the_content(make, tmp_path, sandbox):
    store = make({"a": b"one"})
    (before,) = store.list(after="", at_most=1)
    if isinstance(store, S3Objects):
        key = f"{store.place.removeprefix(f's3://{BUCKET}/')}a"
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"other")
    else:
        (tmp_path / "a").write_bytes(b"other")
    (after,) = store.list(after="", at_most=1)
    assert (before.key, before.tag != after.tag) == (after.key, True)


def test_more_than_one_page_of_s3_is_one_listing(sandbox, monkeypatch):
    monkeypatch.setattr("triage.adapters.aws.objects.PAGE_MAX", 3)
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for number in range(7):
        s3.put_object(Bucket=BUCKET, Key=f"{number}", Body=b"-")
    found = S3Objects(s3, BUCKET, "").list(after="", at_most=100)
    assert [one.key for one in found] == list("0123456")
    assert len(sandbox.requests.named("s3.ListObjectsV2")) == 3


@pytest.mark.parametrize(
    ("kind", "why"),
    [("deny", "AccessDenied"), ("throttle", "SlowDown"), ("error", "cannot be read")],
)
def test_a_bucket_that_refuses_is_unreachable_and_never_empty(sandbox, kind, why):
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"-")
    store = S3Objects(s3, BUCKET, "")
    sandbox.faults.add(kind, service="s3")
    with pytest.raises(Unreachable, match=why):
        store.list(after="", at_most=10)
    with pytest.raises(Unreachable, match=why):
        store.read("a", at_most=10)


def test_a_cut_answer_is_unreachable(sandbox):
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"0123456789")
    sandbox.faults.add("truncated", service="s3", operation="GetObject")
    with pytest.raises(Unreachable):
        S3Objects(s3, BUCKET, "").read("a", at_most=99)


def test_a_folder_that_is_not_there_is_unreachable(tmp_path):
    with pytest.raises(Unreachable, match="nowhere"):
        FolderObjects(tmp_path / "nowhere").list(after="", at_most=1)


def test_links_to_folders_are_not_followed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"-")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [one.key for one in FolderObjects(tmp_path).list(after="", at_most=9)] == ["a/b"]


def test_a_file_is_written_whole_and_over_what_was_there(make):
    store = make({"a/1": b"old"})
    store.write("a/1", b"new")
    store.write("b/c/2", b"\0\xff" * 1000)
    assert [one.key for one in store.list(after="", at_most=9)] == ["a/1", "b/c/2"]
    assert store.read("a/1", at_most=9) == b"new"
    assert store.read("b/c/2", at_most=9000) == b"\0\xff" * 1000


def test_a_folder_that_cannot_be_written_is_unreachable(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unreachable, match="file/1"):
        FolderObjects(tmp_path).write("file/1", b"-")


def test_a_bucket_that_is_not_there_is_unreachable(sandbox):
    with pytest.raises(Unreachable, match="NoSuchBucket"):
        S3Objects(sandbox.client("s3"), "no-bucket-of-mine", "").write("1", b"-")
