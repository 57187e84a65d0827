"""Cut an instance off: nothing reaches it, and it reaches nothing.

Auto Scaling is told first to leave it alone, lest it be replaced and terminated with all that it
shows; then the load balancers that Auto Scaling does not care for; then each interface is given a
group that is open to everything, for a moment, and then the closed one. Without the first of the
two, connections that are tracked go on. Both groups belong to the set-up: see
docs/how-to/isolate-an-instance.md. The instance goes on running, and its volumes are untouched.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-awssupport-containec2instance.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import text
from triage.remediations import ec2
from triage.remediations import ec2_placement as placement
from triage.remediations.ec2_placement import CLOSED, OPEN
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

MODIFY = "ec2:ModifyNetworkInterfaceAttribute"
ENTER, EXIT = "autoscaling:EnterStandby", "autoscaling:ExitStandby"
DEREGISTER = "elasticloadbalancing:DeregisterTargets"
REGISTER = "elasticloadbalancing:RegisterTargets"
GONE = frozenset({"shutting-down", "terminated"})
Groups = Mapping[str, list[str]]


def target_of(asking: Asking) -> Target:
    """The instance a ticket is about. Raises CannotAsk."""
    return ec2.owned(asking, "instance", about.instance(asking))


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Its interfaces and their groups, who scales it, who sends it requests."""
    one, found = placement.instance(cloud, target), placement.interfaces(cloud, target)
    scaling = placement.scaling(cloud, target)
    addresses = placement.addresses_of(target, found)
    facts = {
        "gone": text(one, "State", "Name") in GONE,
        "groups": placement.groups_of(found),
        "isolating": placement.isolating(cloud, text(one, "VpcId")),
        "scaling": {"group": scaling["group"], "arn": scaling["arn"]},
        "standby": scaling["standby"],
        "targets": placement.registrations(cloud, addresses, scaling["targets"]),
    }
    return Seen(facts=facts, tags=listed(one.get("Tags")))


def plan(target: Target, state: State) -> Change | Refused:
    """Leave Auto Scaling, then the load balancers, then the network."""
    if because := _unable(target, state):
        return Refused(because=because)
    groups: Groups = state.facts["groups"]
    shut = {interface: [state.facts["isolating"][CLOSED]] for interface in groups}
    standby = state.facts["standby"] if state.facts["standby"] is None else True
    steps = (
        *_leave_scaling(target, state),
        *_deregister(state.facts["targets"]),
        *_move(target, groups, shut, by=state.facts["isolating"][OPEN]),
    )
    return Change(steps=steps, wanted={"standby": standby, "targets": [], "groups": shut})


def _unable(target: Target, state: State) -> str | None:
    if state.facts["gone"]:
        return f"{target.id} is terminated"
    lacking = [name for name, found in state.facts["isolating"].items() if found is None]
    if lacking:
        named = " and ".join(sorted(lacking))
        return f"the network of {target.id} lacks the security group {named}, as it has to be"
    return None


def undo(target: Target, before: State, now: State) -> Change | Refused:
    """The network again, then the load balancers, then Auto Scaling."""
    wanted = {name: before.facts[name] for name in ("groups", "targets", "standby")}
    steps = (
        *_move(target, now.facts["groups"], wanted["groups"]),
        *_register(wanted["targets"]),
        *(() if wanted["standby"] is not False else (_exit(target, before),)),
    )
    return Change(steps=steps, wanted=wanted)


def _leave_scaling(target: Target, state: State) -> tuple[Step, ...]:
    return (_enter(target, state),) if state.facts["standby"] is False else ()


def _enter(target: Target, state: State) -> Step:
    """The group keeps its size, by another instance in place of this one."""
    return _scale(
        target,
        state,
        Call(
            service="autoscaling",
            operation="enter_standby",
            parameters={"ShouldDecrementDesiredCapacity": False, **_scaled(target, state)},
        ),
        {"shouldDecrementDesiredCapacity": False},
        standby=True,
    )


def _exit(target: Target, state: State) -> Step:
    """The group grows by one; what its policies make of that is theirs."""
    parameters = _scaled(target, state)
    call = Call(service="autoscaling", operation="exit_standby", parameters=parameters)
    return _scale(target, state, call, {}, standby=False)


def _scaled(target: Target, state: State) -> Record:
    return {
        "InstanceIds": [target.id],
        "AutoScalingGroupName": state.facts["scaling"]["group"],
    }


def _scale(target: Target, state: State, call: Call, logged: Record, *, standby: bool) -> Step:
    action = ENTER if standby else EXIT
    group, arn = state.facts["scaling"]["group"], state.facts["scaling"]["arn"]
    return Step(
        call=call,
        permission=Permission(actions=(action,), resources=(arn,)),
        event=action,
        logged={"instanceIds": [target.id], "autoScalingGroupName": group, **logged},
        shows={"standby": standby},
        says=f"{'set' if standby else 'take'} {target.id} {_where(standby=standby)} of {group}",
    )


def _where(*, standby: bool) -> str:
    return "aside, as a standby" if standby else "back into the service"


def _deregister(targets: Sequence[Record]) -> tuple[Step, ...]:
    return tuple(
        _registration(one, list(targets[place + 1 :]), DEREGISTER)
        for place, one in enumerate(targets)
    )


def _register(targets: Sequence[Record]) -> tuple[Step, ...]:
    return tuple(
        _registration(one, list(targets[: place + 1]), REGISTER)
        for place, one in enumerate(targets)
    )


def _registration(one: Record, after: list[Record], action: str) -> Step:
    word = action.partition(":")[2].removesuffix("Targets").lower()
    port = {"Port": one["port"]} if one["port"] is not None else {}
    logged = {"id": one["id"], **({"port": one["port"]} if port else {})}
    return Step(
        call=Call(
            service="elbv2",
            operation=f"{word}_targets",
            parameters={"TargetGroupArn": one["group"], "Targets": [{"Id": one["id"], **port}]},
        ),
        permission=Permission(actions=(action,), resources=(one["group"],)),
        event=action,
        logged={"targetGroupArn": one["group"], "targets": [logged]},
        shows={"targets": after},
        says=f"{word} {one['id']} with {one['group'].rpartition(':')[2]}",
    )


def _move(target: Target, now: Groups, then: Groups, *, by: str = "") -> tuple[Step, ...]:
    """Give each interface its groups, one after another; `by` is where each stops on its way."""
    steps: list[Step] = []
    reached = dict(now)
    may = _moving(target, now, then, by)
    for interface in sorted(now):
        if now[interface] == then[interface]:
            continue
        for groups in ([by], then[interface]) if by else (then[interface],):
            reached = {**reached, interface: groups}
            steps.append(_give(interface, groups, reached, may))
    return tuple(steps)


def _give(interface: str, groups: list[str], reached: Groups, may: Permission) -> Step:
    return Step(
        call=ec2.call(
            "modify_network_interface_attribute", NetworkInterfaceId=interface, Groups=groups
        ),
        permission=may,
        event=MODIFY,
        logged={
            "networkInterfaceId": interface,
            "groupSet": {"items": [{"groupId": one} for one in groups]},
        },
        shows={"groups": reached},
        says=f"give the interface {interface} the security groups {', '.join(groups)} alone",
    )


def _moving(target: Target, now: Groups, then: Groups, by: str) -> Permission:
    head = target.arn.partition(":instance/")[0]
    groups = {one for each in then.values() for one in each} | ({by} if by else set())
    named = [f"{head}:network-interface/{one}" for one in sorted(now)]
    given = [f"{head}:security-group/{one}" for one in sorted(groups)]
    return Permission(actions=(MODIFY,), resources=(*named, *given, target.arn))


def _reads(target: Target) -> tuple[Permission, ...]:
    return ec2.reading(target, placement.READ)


def _calls() -> tuple[Any, ...]:
    scaled = {"InstanceIds": ["{instance}"], "AutoScalingGroupName": ANSWER}
    return (
        calling("ec2.describe_instances", InstanceIds=["{instance}"]),
        calling("ec2.describe_network_interfaces", Filters=ANSWER),
        calling("ec2.describe_security_groups", Filters=ANSWER),
        calling("autoscaling.describe_auto_scaling_instances", InstanceIds=["{instance}"]),
        calling("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=ANSWER),
        calling("elbv2.describe_target_groups"),
        calling("elbv2.describe_target_health", TargetGroupArn=ANSWER),
        calling("autoscaling.enter_standby", ShouldDecrementDesiredCapacity=False, **scaled),
        calling("autoscaling.exit_standby", **scaled),
        calling("elbv2.deregister_targets", TargetGroupArn=ANSWER, Targets=ANSWER),
        calling("elbv2.register_targets", TargetGroupArn=ANSWER, Targets=ANSWER),
        calling("ec2.modify_network_interface_attribute", NetworkInterfaceId=ANSWER, Groups=ANSWER),
    )


REMEDIATION = Remediation(
    fix=Fix(
        summary="Cut the instance off from the network, from its load balancers and Auto Scaling.",
        scope="one instance, all of its network interfaces",
        risk="It serves nobody until it is released; for a moment every interface is open, and "
        "Auto Scaling starts another in its place.",
        iam_actions=(*placement.READ, ENTER, EXIT, DEREGISTER, REGISTER, MODIFY),
        parameters=subject("instance"),
        calls=_calls(),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
