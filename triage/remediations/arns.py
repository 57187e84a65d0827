"""How ARNs begin."""

SPECIAL = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))


def partition(region: str) -> str:
    """The partition of a Region.

    https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    """
    return next((name for head, name in SPECIAL if region.startswith(head)), "aws")
