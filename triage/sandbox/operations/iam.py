"""IAM is moto's, but for one thing: whose access key it is.

moto tells any account when any key was last used; AWS answers AccessDenied for the key of another
account.
"""

from triage.sandbox.call import Call, Refused
from triage.sandbox.upstream import account_of
from triage.sandbox.wire import decode
from triage.sandbox.world import World


def key_of_the_caller(_world: World, call: Call) -> None:
    """Raise Refused AccessDenied when GetAccessKeyLastUsed asks for another account's key."""
    if call.name != "iam.GetAccessKeyLastUsed":
        return
    key = decode(call)["AccessKeyId"]
    if account_of(key, region=call.region, default=call.account) != call.account:
        text = f"not authorized to perform iam:GetAccessKeyLastUsed on {key}"
        raise Refused(code="AccessDenied", message=text, status=403)
