"""Security groups, instances and what holds for a Region."""

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

GROUP = "sg-0123456789abcdef0"
INSTANCE = "i-0123456789abcdef0"
VOLUME = "vol-0123456789abcdef0"
INTERFACE = "eni-0123456789abcdef0"
OPEN, CLOSED = "sg-0000000000000000a", "sg-0000000000000000b"
ISOLATING = [
    {
        "name": "triage-isolation-open",
        "id": OPEN,
        "ingress": [{"protocol": "-1", "cidr": "0.0.0.0/0"}],
    },
    {"name": "triage-isolation-closed", "id": CLOSED, "egress": False},
]


def _open_again(client):
    rule = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389}
    client("ec2").authorize_security_group_ingress(
        GroupId=GROUP, IpPermissions=[{**rule, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )


def _encrypt_no_more(client):
    client("ec2").disable_ebs_encryption_by_default()


def _loosen(client):
    client("ec2").modify_instance_metadata_options(InstanceId=INSTANCE, HttpTokens="optional")


def _let_out(client):
    client("ec2").modify_network_interface_attribute(
        NetworkInterfaceId=INTERFACE, Groups=[GROUP, OPEN]
    )


EXAMPLES = {
    "ec2.isolate_instance": Example(
        inside={
            "security_groups": [{"name": "web", "id": GROUP}, *ISOLATING],
            "instances": [{"id": INSTANCE, "interface": INTERFACE, "security_groups": [GROUP]}],
            "scaling_groups": [{"name": "web", "instances": [INSTANCE]}],
            "target_groups": [
                {"name": "web", "instances": [INSTANCE]},
                {"name": "admin", "instances": [INSTANCE], "port": 8080},
            ],
        },
        subject=Subject(id=INSTANCE, name=INSTANCE, kind="AwsEc2Instance"),
        meddle=_let_out,
    ),
    "ec2.snapshot_volumes": Example(
        inside={
            "instances": [{"id": INSTANCE}],
            "volumes": [{"id": VOLUME, "instance": INSTANCE}],
        },
        subject=Subject(id=INSTANCE, name=INSTANCE, kind="AwsEc2Instance"),
        meddle=lambda _client: None,
    ),
    "ec2.enable_ebs_encryption": Example(
        inside={},
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=_encrypt_no_more,
    ),
    "ec2.require_imdsv2": Example(
        inside={"instances": [{"id": INSTANCE, "tokens": "optional", "tags": {"team": "web"}}]},
        subject=Subject(id=INSTANCE, name=INSTANCE, kind="AwsEc2Instance"),
        meddle=_loosen,
    ),
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
