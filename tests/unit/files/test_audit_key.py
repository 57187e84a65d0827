"""The secret of the draw: made once, for its owner alone."""

import stat

import pytest

from triage.adapters.files.audit_key import NAME, EmptyKey, OpenKey, _made, audit_key


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, made = audit_key(tmp_path / "data")
    path = tmp_path / "data" / NAME
    assert made
    assert len(first) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert audit_key(tmp_path / "data") == (first, False)
    assert [one.name for one in path.parent.iterdir()] == [NAME]


def test_whoever_is_faster_keeps_his(tmp_path):
    first, _ = audit_key(tmp_path)
    assert not _made(tmp_path / NAME)
    assert audit_key(tmp_path) == (first, False)


def test_one_that_others_can_read_is_no_secret(tmp_path):
    audit_key(tmp_path)
    (tmp_path / NAME).chmod(0o644)
    with pytest.raises(OpenKey, match="can be read by others"):
        audit_key(tmp_path)


def test_an_empty_one_is_no_key(tmp_path):
    (tmp_path / NAME).touch(mode=0o600)
    with pytest.raises(EmptyKey, match="holds no key"):
        audit_key(tmp_path)
