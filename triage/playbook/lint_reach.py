"""Which rules can never decide: something above them always does first."""

from collections.abc import Sequence

from jinja2 import nodes

from triage.playbook.expression import parse
from triage.playbook.page import Page
from triage.playbook.paths import readings
from triage.playbook.syntax import EscalateTo, Playbook, Rule
from triage.playbook.values import ExpressionInvalid

TRUE = nodes.Const(True)  # noqa: FBT003 - it is Jinja2's own node


def lint_reach(page: Page, playbook: Playbook) -> None:
    """Note every rule that is never reached or never holds."""
    for index, rule in enumerate(playbook.rules):
        above = next((one for one in _above(playbook.rules, index) if _covers(one, rule)), None)
        if above is not None:
            message = f"this rule is never reached: {above.name!r} above it {_why(above, rule)}"
            page.say("unreachable", message, ("rules", rule.place))
        if isinstance(node := _parsed(rule), nodes.Const) and node.value is False:
            page.say("unreachable", "this rule never holds", ("rules", rule.place, "when"))


def _above(rules: Sequence[Rule], index: int) -> list[Rule]:
    """The rules that decide before this one whenever they hold.

    After an unknown only escalations are tried, so above an escalation only escalations are sure
    to come first, and whatever no unknown can have come before. A rule without a condition
    decides in either case but one that nobody writes for: see `_covers`.
    """
    sure = []
    for place, one in enumerate(rules[:index]):
        same_kind = isinstance(one.outcome, EscalateTo) or not isinstance(
            rules[index].outcome, EscalateTo
        )
        if same_kind or _always(one) or not any(map(_may_be_unknown, rules[:place])):
            sure.append(one)
    return sure


def _may_be_unknown(rule: Rule) -> bool:
    node = _parsed(rule)
    return node is None or any(True for _ in readings(node))


def _covers(above: Rule, rule: Rule) -> bool:
    over, under = _parsed(above), _parsed(rule)
    if over is None:
        return False
    return _always(above) or (under is not None and _Implies().holds(under, over))


def _why(above: Rule, rule: Rule) -> str:
    if _always(above):
        return "always holds"
    return "asks the same" if _parsed(above) == _parsed(rule) else "holds whenever it would"


def _always(rule: Rule) -> bool:
    return _parsed(rule) == TRUE


def _parsed(rule: Rule) -> nodes.Expr | None:
    try:
        return parse(rule.when) if rule.when is not None else TRUE
    except ExpressionInvalid:
        return None


class _Implies:
    """Whether one condition holds wherever another does, from how they are put together.

    Only `and` and `or` are looked into, so it may say no where the answer is yes, never the other
    way round. Each pair of parts is looked at once.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bool] = {}

    def holds(self, under: nodes.Expr, over: nodes.Expr) -> bool:
        pair = (id(under), id(over))
        if pair not in self._known:
            self._known[pair] = self._look(under, over)
        return self._known[pair]

    def _look(self, under: nodes.Expr, over: nodes.Expr) -> bool:
        if under == over:
            return True
        if isinstance(over, nodes.And):
            return self.holds(under, over.left) and self.holds(under, over.right)
        if isinstance(under, nodes.Or):
            return self.holds(under.left, over) and self.holds(under.right, over)
        part_of_under = isinstance(under, nodes.And) and (
            self.holds(under.left, over) or self.holds(under.right, over)
        )
        return part_of_under or (
            isinstance(over, nodes.Or)
            and (self.holds(under, over.left) or self.holds(under, over.right))
        )
