"""What the bench found, as a table in Markdown."""

from collections.abc import Iterable

from unfilter_converters.faults.bench import Outcome


def render(outcomes: Iterable[Outcome]) -> str:
    """One line a fault: what was done, which checks caught it, and the first failure in words."""
    lines = ["| fault | what was done | in | caught by | first failure | first operation that departs |"]
    lines.append("|---|---|---|---|---|---|")
    for each in outcomes:
        caught = ", ".join(each.caught_by) or ("**nothing**" if each.here else "not in this bundle")
        found = each.divergence if each.divergence and each.divergence.operation else None
        diverges = f"{found.operation}, layer {found.layer}; {found.diagnosis}" if found else ""
        where = f"{each.fault.format} {each.fault.precision}"
        lines.append(f"| {each.fault.name} | {each.fault.words} | {where} | {caught} | {each.detail} | {diverges} |")
    return "\n".join(lines)
