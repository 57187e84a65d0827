"""Organizations is moto's, but for one thing: who may ask.

moto tells a member account that there are no accounts; AWS answers AccessDenied to everybody but
the management account and delegated administrators, of which there are none here.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from importlib import import_module

from triage.sandbox.call import Call, Refused
from triage.sandbox.world import World

OPEN = frozenset({"CreateOrganization", "DescribeOrganization", "LeaveOrganization"})


def asked_by_its_management(_world: World, call: Call) -> None:
    """Raise Refused AccessDeniedException when a member account asks about the organisation."""
    if call.service != "organizations" or call.operation in OPEN:
        return
    members = import_module("moto.organizations.models").organizations_backends.master_accounts
    if call.account in members:
        text = "You don't have permissions to access this resource."
        raise Refused(code="AccessDeniedException", message=text)
