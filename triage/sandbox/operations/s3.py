"""S3 is moto's, but for one thing: a bucket's settings belong to its owner.

moto shows any bucket to any account; AWS answers AccessDenied to whoever is not its owner and has
no grant. Grants to other accounts are not modelled here: nobody but the owner gets through.
"""

from moto.s3.models import s3_backends

from triage.sandbox.call import Call, Refused
from triage.sandbox.world import World

FOR_ANYONE = frozenset({"CreateBucket", "ListBuckets"})


def owner_of(bucket: str) -> str | None:
    """Return the account that owns a bucket; bucket names are global."""
    for account, backends in list(s3_backends.items()):
        if any(bucket in backend.buckets for backend in list(backends.values())):
            return str(account)
    return None


def owned_by_the_caller(_world: World, call: Call) -> None:
    """Raise Refused AccessDenied for another account's bucket, or for a wrong expected owner."""
    bucket = call.path.get("Bucket")
    if call.service != "s3" or bucket is None or call.operation in FOR_ANYONE:
        return
    owner = owner_of(bucket)
    expected = call.environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER", owner)
    if owner is not None and (owner != call.account or expected != owner):
        raise Refused(code="AccessDenied", message="Access Denied", status=403)
