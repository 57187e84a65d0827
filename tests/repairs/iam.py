"""Users, their keys, and roles."""

import json

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

KEY = "AKIAEXAMPLEBOB000001"
USER = Subject(id=f"arn:aws:iam::{ACCOUNT}:user/staff/bob", name="bob", kind="AwsIamUser")
INSIDE = {"users": [{"name": "bob", "path": "/staff/", "keys": [{"id": KEY}]}]}
NARROWER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}],
}


def _delete_key(client):
    client("iam").update_access_key(UserName="bob", AccessKeyId=KEY, Status="Active")


def _narrow(client):
    client("iam").put_user_policy(
        UserName="bob", PolicyName="TriageDenyAll", PolicyDocument=json.dumps(NARROWER)
    )


def _narrow_role(client):
    client("iam").put_role_policy(
        RoleName="deploy",
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=json.dumps(NARROWER),
    )


EXAMPLES = {
    "iam.deactivate_access_key": Example(
        inside={"users": [{**INSIDE["users"][0], "tags": {"team": "web"}}]},
        subject=Subject(id=KEY, name=KEY, kind="AwsIamAccessKey"),
        meddle=_delete_key,
    ),
    "iam.deny_user": Example(inside=INSIDE, subject=USER, meddle=_narrow),
    "iam.revoke_role_sessions": Example(
        inside={"roles": [{"name": "deploy"}]},
        subject=Subject(id=f"arn:aws:iam::{ACCOUNT}:role/deploy", name="deploy", kind="AwsIamRole"),
        meddle=_narrow_role,
    ),
}
