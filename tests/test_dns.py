"""What the blueprints of DNS refuse, and what they call rules and outputs."""

from __future__ import annotations

from typing import Any

import pytest

from landing.library import Library

SERVERS = {"corp.example.com": ["10.200.0.2"]}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("dns_hub", {"zones": 1}, "two subnets"),
    ("dns_hub", {"inbound": False}, "nothing to make"),
    ("dns_hub", {"forward": {"corp.example.com": []}}, "from 1 to 6"),
    ("dns_hub", {"forward": {"corp.example.com": ["10.0.0.2", "10.0.0.2:53"]}}, "named once"),
    ("dns_hub", {"forward": {"corp.example.com": ["dns.example.com"]}}, "10.0.0|Expected 4"),
    ("dns_hub", {"forward": {"corp.example.com": ["10.0.0.2:70000"]}}, "no name server"),
    ("dns_hub", {"forward": {"Corp.example.com": ["10.0.0.2"]}}, "no domain"),
    ("dns_hub", {"forward": SERVERS, "local": ["corp.example.com"]}, "named once"),
    ("dns_hub", {"forward": {**SERVERS, "corp-example.com": ["10.0.0.2"]}}, "by dots and by"),
    ("dns_hub", {"forward": SERVERS, "share_with": ["everybody"]}, "share_with"),
    ("dns_hub", {"clients": ["10.0.0.1/8"]}, "host bits"),
    ("dns_firewall", {"threats": "none"}, "nothing to make"),
    ("dns_firewall", {"blocked": ["a.*.example.com"]}, "`blocked` are"),
    ("dns_firewall", {"allowed": ["example.com", "example.com"]}, "each once"),
    ("dns_firewall", {"lists": ["AWSManagedDomainsMalwareDomainList"]}, "ids of lists"),
    ("dns_attachment", {}, "there is a `zone`"),
    ("dns_attachment", {"rules": 21}, "from 0 to 20"),
    ("dns_attachment", {"rules": 1, "network": "subnet-0a1b2c3d"}, "id of a VPC"),
    ("dns_attachment", {"zone": "example"}, "is a domain"),
]


@pytest.mark.parametrize(("name", "given", "words"), WRONG, ids=[f"{name}-{words}" for name, _, words in WRONG])
def test_what_cannot_be_is_refused(library: Library, name: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        library.blueprint(name).render(given)


def test_rules_are_called_by_their_domains(library: Library) -> None:
    given = {"forward": {**SERVERS, ".": ["10.200.0.4:5353"]}, "local": ["aws.corp.example.com"], "inbound": False}
    template: Any = library.blueprint("dns_hub").render(given)
    assert set(template["Outputs"]) == {
        "AwsCorpExampleComRuleId",
        "CorpExampleComRuleId",
        "EverythingRuleId",
        "OutboundEndpointId",
    }
    rules = {name: each["Properties"] for name, each in template["Resources"].items() if name.endswith("Rule")}
    assert {each["Name"] for each in rules.values()} == {
        "landing-dns-aws-corp-example-com",
        "landing-dns-corp-example-com",
        "landing-dns-everything",
    }
    assert rules["AwsCorpExampleComRule"]["RuleType"] == "SYSTEM"
    assert rules["EverythingRule"]["TargetIps"] == [{"Ip": "10.200.0.4", "Port": "5353"}]


def test_a_hub_that_shares_with_nobody_has_no_share(library: Library) -> None:
    template: Any = library.blueprint("dns_hub").render({"forward": SERVERS, "share_with": []})
    assert "RuleShare" not in template["Resources"]
    assert "OrganizationId" not in template["Parameters"]
