"""Take back a machine image's sharing with everyone.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
"""

from triage.domain.plan import Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.questions import about_infra
from triage.questions.question import Asking
from triage.remediations import ec2
from triage.remediations.ec2_unshare import TAGS, Shared
from triage.remediations.remediation import Remediation

ATTRIBUTE = "launchPermission"
IMAGE = Shared(
    noun="image",
    id="ImageId",
    attribute=ATTRIBUTE,
    permissions="LaunchPermissions",
    groups="UserGroups",
    reads="ec2:DescribeImageAttribute",
    writes="ec2:ModifyImageAttribute",
    verb="launch",
)


def target_of(asking: Asking) -> Target:
    """The machine image a ticket is about. Raises CannotAsk."""
    _, name = about_infra.resource(asking, "image", "a machine image", "ec2.describe_images")
    return ec2.shared(asking, "image", name)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Take back the machine image's sharing with everyone.",
        scope="one machine image",
        risk="Accounts that rely on it and are not named can launch it no more.",
        iam_actions=(TAGS, IMAGE.reads, IMAGE.writes),
        parameters=subject("image"),
        calls=(
            calling("ec2.describe_tags", Filters=ANSWER),
            calling("ec2.describe_image_attribute", ImageId="{image}", Attribute=ATTRIBUTE),
            calling(
                "ec2.modify_image_attribute",
                ImageId="{image}",
                Attribute=ATTRIBUTE,
                OperationType="remove",
                UserGroups=["all"],
            ),
        ),
        applied=True,
    ),
    target=target_of,
    reads=IMAGE.permissions_to_look,
    inspect=IMAGE.inspect,
    plan=IMAGE.plan,
    undo=IMAGE.undo,
)
