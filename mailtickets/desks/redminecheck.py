"""Whether Redmine lets us do our work: the rights of our user, and the custom fields of issues."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mailtickets.desks.jsons import entries, mapping_of, number_of, objects

RIGHTS = {
    "view_issues": "see issues",
    "add_issues": "make issues",
    "edit_issues": "change issues",
    "add_issue_notes": "write notes",
    "view_private_notes": "see private notes",
    "set_notes_private": "write private notes",
}
"""What our user's role must let us do, by Redmine's names."""

Ask = Callable[..., Awaitable[Any]]
"""GET, by the segments of a path and `query=`; the JSON. Raises Temporary."""


async def lacking(
    ask: Ask, name: str, project: int, fields: Mapping[str, int], tracker: int | None
) -> list[str]:
    """What the project `name` of this number lacks, a sentence each with its cure.

    `fields` are the custom fields by what the settings call them. Redmine shows fields to
    administrators alone, and to others on an issue: with no issue yet, nobody can tell.
    """
    found = [
        f"our user may not {RIGHTS[one]} in project {name}; let its role {one}"
        for one in sorted(await _missing(ask, project))
    ]
    query = [("project_id", name), ("status_id", "*"), ("limit", "1"), ("sort", "id:desc")]
    if tracker is not None:
        query.append(("tracker_id", str(tracker)))
    for issue in entries(await ask("issues.json", query=query), "issues"):
        shown = {one.get("id") for one in objects(issue.get("custom_fields") or [], "fields")}
        found += [
            f"issues of project {name} have no custom field {number} ({what}) that we may see; is "
            f"the number right, and is the field for this project and tracker?"
            for what, number in fields.items()
            if number not in shown
        ]
    return found


async def _missing(ask: Ask, project: int) -> set[str]:
    """Rights that none of our user's roles in a project has."""
    told = await ask("users", "current.json", query=[("include", "memberships")])
    user = mapping_of(mapping_of(told).get("user"))
    if user.get("admin") is True:
        return set()
    missing = set(RIGHTS)
    for one in entries(user, "memberships"):
        if mapping_of(one.get("project")).get("id") != project:
            continue
        for role in entries(one, "roles"):
            number = str(number_of(role.get("id")))
            kept = mapping_of(mapping_of(await ask("roles", f"{number}.json")).get("role"))
            missing -= {str(right) for right in kept.get("permissions") or ()}
    return missing
