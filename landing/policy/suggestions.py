"""What was meant by the name of an action, a service or a condition key that there is not."""

from collections.abc import Iterable

from landing.core.operation_names import S3_OPERATIONS
from landing.core.spelling import nearest
from landing.policy import catalog
from landing.policy.keys import GLOBAL

# Prefixes that AWS has given up, with their successors.
RENAMED = {"macie": "macie2"}
_S3_OPERATIONS = {operation.lower(): action for operation, action in S3_OPERATIONS.items()}


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A question about the known name that is closest, if one is close."""
    return nearest(name, known) or None


def of_action(text: str) -> str | None:
    """What was meant by an action of which the catalogue knows the service, or not even that."""
    service, colon, name = text.partition(":")
    if not colon:
        return _elsewhere(text)
    if service.lower() not in catalog.services():
        return of_service(service) or _elsewhere(name)
    if service.lower() == "s3" and name.lower() in _S3_OPERATIONS:
        return f"the action of the operation {name} is 's3:{_S3_OPERATIONS[name.lower()]}'"
    if any(item.name.lower() == name.lower() for item in catalog.all_actions()):
        return _elsewhere(name)
    return did_you_mean(text, (action.text for action in catalog.service_actions(service).values()))


def of_service(prefix: str) -> str | None:
    """What was meant by the prefix of a service."""
    renamed = RENAMED.get(prefix.lower())
    return f"it is {renamed} today" if renamed else did_you_mean(prefix, catalog.services())


def of_key(name: str) -> str | None:
    """What was meant by a condition key."""
    service = name.partition(":")[0].lower()
    return did_you_mean(name, (*(key.name for key in GLOBAL.values()), *catalog.service_keys(service)))


def _elsewhere(name: str) -> str | None:
    """The actions of that very name, if only a few services have one."""
    found = [action.text for action in catalog.all_actions() if action.name.lower() == name.lower()]
    return f"did you mean {' or '.join(f'`{each}`' for each in found)}?" if 0 < len(found) <= 3 else None
