"""Security groups."""

from tests.repairs.example import Example
from triage.domain.ticket import Subject

GROUP = "sg-0123456789abcdef0"


def _open_again(client):
    rule = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389}
    client("ec2").authorize_security_group_ingress(
        GroupId=GROUP, IpPermissions=[{**rule, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )


EXAMPLES = {
    "ec2.revoke_ingress": Example(
        inside={
            "security_groups": [
                {
                    "name": "web",
                    "id": GROUP,
                    "ingress": [
                        {
                            "port": 22,
                            "cidr": "0.0.0.0/0",
                            "description": "everyone, for a moment",
                        },
                        {"port": 22, "cidr_ipv6": "::/0"},
                        {"port": 443, "cidr": "192.0.2.0/24"},
                    ],
                }
            ]
        },
        subject=Subject(id=GROUP, name=GROUP, kind="AwsEc2SecurityGroup"),
        meddle=_open_again,
    ),
}
