"""Amazon Resource Names, read leniently: arn:partition:service:region:account:resource."""

from triage.intake.fields import as_text

PARTS = 6


def parts(arn: str) -> tuple[str, ...]:
    """Split an ARN into six parts, or give six empty ones.

    Early Security Hub samples write an empty partition ("arn:aws::guardduty:…" with one colon
    too many); there the empty part is dropped.
    """
    found = arn.split(":", PARTS - 1)
    if len(found) == PARTS and found[0] == "arn" and found[2] == "":
        found = arn.replace("::", ":", 1).split(":", PARTS - 1)
    return tuple(found) if len(found) == PARTS and found[0] == "arn" else ("",) * PARTS


def partition(arn: str) -> str:
    """Give the partition, `aws-cn` in China; "" when `arn` is none."""
    return as_text(parts(arn)[1])


def region(arn: str) -> str:
    """Give the Region part, "" for global services."""
    return as_text(parts(arn)[3])


def account(arn: str) -> str:
    """Give the account part, "" where the resource type has none (buckets)."""
    return as_text(parts(arn)[4])


def is_arn(text: str) -> bool:
    """Whether `text` sets out to be an ARN."""
    return text.startswith("arn:")


def short(text: str) -> str:
    """Give what people call it: the last segment of the resource part, else the text itself."""
    resource = parts(text)[5] if is_arn(text) else text
    return resource.rsplit("/", 1)[-1].rsplit(":", 1)[-1] or text
