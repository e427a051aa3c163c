"""The intrinsic functions of templates (Template reference, "Intrinsic function reference")."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.parameters import is_list
from landing.sandbox.services.cloudformation.references import IN_SUB, PSEUDO
from landing.sandbox.services.cloudformation.template import Template

NO_VALUE = object()
"""What `Ref: AWS::NoValue` becomes until the property around it is left out."""


class Lookup(Protocol):
    """What a value may need from outside of the template."""

    def ref(self, logical_id: str) -> Any:
        """What Ref gives for a resource."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """What Fn::GetAtt gives."""

    def imported(self, name: str) -> str:
        """The value of an export."""

    def zones(self, region: str) -> list[str]:
        """Availability Zones of a Region."""

    def dynamic(self, text: str) -> str:
        """A text with its dynamic references replaced."""


@dataclass
class Resolver:
    """Resolves the values of one template for one stack."""

    template: Template
    pseudo: Mapping[str, Any]
    parameters: Mapping[str, str]
    lookup: Lookup
    known_conditions: dict[str, bool] = field(default_factory=dict)

    def value(self, value: Any) -> Any:
        """The value with every function replaced; members that are AWS::NoValue are left out."""
        if isinstance(value, str):
            return self.lookup.dynamic(value) if "{{resolve:" in value else value
        if isinstance(value, list):
            return [item for item in map(self.value, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            function = FUNCTIONS.get(name)
            if function is not None:
                return function(self, argument)
            if name.startswith("Fn::"):
                raise unsupported("cloudformation", f"the intrinsic function {name}")
        resolved = ((key, self.value(item)) for key, item in value.items())
        return {key: item for key, item in resolved if item is not NO_VALUE}

    def text(self, value: Any, function: str) -> str:
        """A value that must be text in the end."""
        found = self.value(value)
        if isinstance(found, bool):
            return str(found).lower()
        if not isinstance(found, str | int | float):
            raise wrong(f"Template error: every {function} object must have string arguments")
        return str(found)

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        if name not in self.known_conditions:
            if name not in self.template.conditions:
                raise wrong(f"Template error: condition {name} is not defined")
            self.known_conditions[name] = self.holds(self.template.conditions[name])
        return self.known_conditions[name]

    def holds(self, expression: Any) -> bool:
        """Whether a condition function holds."""
        if isinstance(expression, dict) and len(expression) == 1:
            ((name, argument),) = expression.items()
            if name == "Condition":
                return self.condition(argument)
            if name in CONDITIONS:
                return CONDITIONS[name](self, argument)
        raise wrong("Template format error: Every Conditions member must be a condition function")

    def ref(self, name: Any) -> Any:
        """Ref: a parameter, a pseudo parameter or a resource."""
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.parameters:
            text = self.parameters[name]
            return text.split(",") if is_list(self.template.parameters[name]) else text
        if name in PSEUDO:
            return self.pseudo[name]
        return self.lookup.ref(name)


def _listed(resolver: Resolver, value: Any, function: str) -> list[Any]:
    found = resolver.value(value)
    if not isinstance(found, list):
        raise wrong(f"Template error: every {function} object requires a list")
    return found


def _pair(argument: Any, function: str, size: int = 2) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != size:
        raise wrong(f"Template error: every {function} object requires {size} parameters")
    return argument


def _get_att(resolver: Resolver, argument: Any) -> Any:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return resolver.lookup.attribute(name, resolver.text(attribute, "Fn::GetAtt"))


def _sub(resolver: Resolver, argument: Any) -> Any:
    text, values = argument if isinstance(argument, list) else (argument, {})

    def one(found: Any) -> str:
        name = found[1].strip()
        if name in values:
            return resolver.text(values[name], "Fn::Sub")
        value = _get_att(resolver, name) if "." in name else resolver.ref(name)
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str | int | float):
            raise wrong(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
        return str(value)

    result = IN_SUB.sub(one, text).replace("${!", "${")
    return resolver.value(result) if "{{resolve:" in result else result


def _join(resolver: Resolver, argument: Any) -> str:
    delimiter, values = _pair(argument, "Fn::Join")
    return str(delimiter).join(resolver.text(item, "Fn::Join") for item in _listed(resolver, values, "Fn::Join"))


def _select(resolver: Resolver, argument: Any) -> Any:
    index, values = _pair(argument, "Fn::Select")
    found, position = _listed(resolver, values, "Fn::Select"), resolver.text(index, "Fn::Select")
    if not position.isdigit() or int(position) >= len(found):
        raise wrong("Template error: Fn::Select cannot select nonexistent value at index " + position)
    return found[int(position)]


def _split(resolver: Resolver, argument: Any) -> list[str]:
    delimiter, text = _pair(argument, "Fn::Split")
    return resolver.text(text, "Fn::Split").split(str(delimiter))


def _if(resolver: Resolver, argument: Any) -> Any:
    name, then, otherwise = _pair(argument, "Fn::If", 3)
    return resolver.value(then if resolver.condition(name) else otherwise)


def _find_in_map(resolver: Resolver, argument: Any) -> Any:
    _pair(argument, "Fn::FindInMap", 3)
    keys = [resolver.text(key, "Fn::FindInMap") for key in argument]
    found: Any = resolver.template.mappings
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            raise wrong(f"Template error: Unable to get mapping for {'::'.join(keys)}")
        found = found[key]
    return found


def _cidr(resolver: Resolver, argument: Any) -> list[str]:
    block, count, bits = [resolver.text(part, "Fn::Cidr") for part in (*argument, "8")[:3]]
    try:
        network = ipaddress.ip_network(block, strict=False)
    except ValueError:
        raise wrong(f"Template error: Fn::Cidr wants a range of addresses, not {block}") from None
    prefix = network.max_prefixlen - int(bits)
    if prefix < network.prefixlen or int(count) > 2 ** (prefix - network.prefixlen):
        raise wrong(f"Template error: Fn::Cidr cannot make {count} blocks of {bits} bits from {block}")
    subnets = network.subnets(new_prefix=prefix)
    return [str(next(subnets)) for _ in range(int(count))]


def _zones(resolver: Resolver, argument: Any) -> list[str]:
    region = resolver.text(argument, "Fn::GetAZs") or str(resolver.pseudo["AWS::Region"])
    return resolver.lookup.zones(region)


def _transform(_: Resolver, argument: Any) -> Any:
    name = argument.get("Name") if isinstance(argument, dict) else argument
    raise unsupported("cloudformation", f"the transform {name}")


def _equals(resolver: Resolver, argument: Any) -> bool:
    left, right = (resolver.value(side) for side in _pair(argument, "Fn::Equals"))
    same: bool = _comparable(left) == _comparable(right)
    return same


def _comparable(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


def _several(resolver: Resolver, argument: Any) -> list[bool]:
    if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
        raise wrong("Template error: every Fn::And and Fn::Or object requires a list of 2 to 10 conditions")
    return [resolver.holds(item) for item in argument]


def _not(resolver: Resolver, argument: Any) -> bool:
    return not resolver.holds(_pair(argument, "Fn::Not", 1)[0])


CONDITIONS: dict[str, Callable[[Resolver, Any], bool]] = {
    "Fn::And": lambda resolver, argument: all(_several(resolver, argument)),
    "Fn::Or": lambda resolver, argument: any(_several(resolver, argument)),
    "Fn::Not": _not,
    "Fn::Equals": _equals,
}

FUNCTIONS: dict[str, Callable[[Resolver, Any], Any]] = {
    "Ref": Resolver.ref,
    "Fn::Base64": lambda resolver, argument: base64.b64encode(resolver.text(argument, "Fn::Base64").encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _zones,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": lambda resolver, argument: resolver.lookup.imported(resolver.text(argument, "Fn::ImportValue")),
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::Transform": _transform,
}
