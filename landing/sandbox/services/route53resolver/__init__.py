"""Amazon Route 53 Resolver: moto's, with rules that accounts share, and query logging that looks at its destination."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from landing.sandbox.authorization import delivery
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ram.state import reaching
from landing.sandbox.services.service import Nothing, ProbedSandbox, Service

PRINCIPAL = "delivery.logs.amazonaws.com"


def query_logs_are_refused_by_buckets(sandbox: ProbedSandbox) -> bool:
    """A bucket that is not there takes none."""
    resolver: Any = sandbox.session().client("route53resolver", region_name="us-east-1")
    try:
        resolver.create_resolver_query_log_config(
            Name="probe", DestinationArn="arn:aws:s3:::nowhere-at-all", CreatorRequestId="probe"
        )
    except ClientError:
        return True
    return False


def query_logs_end(sandbox: ProbedSandbox) -> bool:
    """What is not there cannot be deleted, and that is said."""
    resolver: Any = sandbox.session().client("route53resolver", region_name="us-east-1")
    try:
        resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId="rqlc-0")
    except ClientError as error:
        return error.response["Error"]["Code"] == "ResourceNotFoundException"
    return False


def vpcs_are_let_go(sandbox: ProbedSandbox) -> bool:
    """What is not associated cannot be let go, and that is said."""
    resolver: Any = sandbox.session().client("route53resolver", region_name="us-east-1")
    try:
        resolver.disassociate_resolver_query_log_config(ResolverQueryLogConfigId="rqlc-0", ResourceId="vpc-0")
    except ClientError as error:
        return error.response["Error"]["Code"] == "ResourceNotFoundException"
    return False


def _a_rule(resolver: Any, domain: str = "corp.example") -> str:
    made = resolver.create_resolver_rule(CreatorRequestId=domain, RuleType="SYSTEM", DomainName=domain)
    return str(made["ResolverRule"]["Id"])


def endpoints_are_in_two_subnets(sandbox: ProbedSandbox) -> bool:
    """Two addresses of one subnet are too few."""
    session: Any = sandbox.session()
    ec2, resolver = (session.client(name, region_name="us-east-1") for name in ("ec2", "route53resolver"))
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    try:
        resolver.create_resolver_endpoint(
            CreatorRequestId="probe",
            Direction="INBOUND",
            SecurityGroupIds=[group],
            IpAddresses=[{"SubnetId": subnet["SubnetId"]}, {"SubnetId": subnet["SubnetId"]}],
        )
    except ClientError:
        return True
    return False


def rules_forward_somewhere(sandbox: ProbedSandbox) -> bool:
    """A rule that forwards needs an endpoint and targets."""
    resolver: Any = sandbox.session().client("route53resolver", region_name="us-east-1")
    try:
        resolver.create_resolver_rule(CreatorRequestId="probe", RuleType="FORWARD", DomainName="corp.example")
    except ClientError:
        return True
    return False


def rules_change(sandbox: ProbedSandbox) -> bool:
    """The name of a rule is changed."""
    resolver: Any = sandbox.session().client("route53resolver", region_name="us-east-1")
    changed = resolver.update_resolver_rule(ResolverRuleId=_a_rule(resolver), Config={"Name": "probe"})
    return bool(changed["ResolverRule"]["Name"] == "probe")


def a_network_has_a_domain_once(sandbox: ProbedSandbox) -> bool:
    """A VPC takes no two rules of one domain."""
    session: Any = sandbox.session()
    ec2, resolver = (session.client(name, region_name="us-east-1") for name in ("ec2", "route53resolver"))
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    first = _a_rule(resolver)
    again = resolver.create_resolver_rule(CreatorRequestId="b", RuleType="SYSTEM", DomainName="corp.example")
    resolver.associate_resolver_rule(ResolverRuleId=first, VPCId=vpc)
    try:
        resolver.associate_resolver_rule(ResolverRuleId=again["ResolverRule"]["Id"], VPCId=vpc)
    except ClientError:
        return True
    return False


def _shared(sandbox: ProbedSandbox) -> tuple[Any, Any, str, str]:
    """A member's client of Resolver, the owner's, a rule that is shared with the member, and the member's VPC."""
    (member,) = sandbox.seed(1)
    owner: Any = sandbox.session()
    theirs: Any = sandbox.session(member)
    resolver = owner.client("route53resolver", region_name="us-east-1")
    rule = resolver.get_resolver_rule(ResolverRuleId=_a_rule(resolver))["ResolverRule"]
    ram = owner.client("ram", region_name="us-east-1")
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="dns", resourceArns=[rule["Arn"]], principals=[member])
    vpc = theirs.client("ec2", region_name="us-east-1").describe_vpcs()["Vpcs"][0]["VpcId"]
    return theirs.client("route53resolver", region_name="us-east-1"), resolver, rule["Id"], vpc


def rules_are_shared(sandbox: ProbedSandbox) -> bool:
    """A member has a rule that is shared with it in its own VPC, and lets it go."""
    member, owner, rule, vpc = _shared(sandbox)
    try:
        member.get_resolver_rule(ResolverRuleId=rule)
        member.associate_resolver_rule(ResolverRuleId=rule, VPCId=vpc)
        try:
            owner.delete_resolver_rule(ResolverRuleId=rule)
        except ClientError:
            member.disassociate_resolver_rule(ResolverRuleId=rule, VPCId=vpc)
            return True
    except ClientError:
        return False
    return False


def a_firewall_is_kept(sandbox: ProbedSandbox) -> bool:
    """A list, a group with a rule, and a VPC that has it: made, read, changed and gone."""
    session: Any = sandbox.session()
    ec2, resolver = (session.client(name, region_name="us-east-1") for name in ("ec2", "route53resolver"))
    domains = resolver.create_firewall_domain_list(CreatorRequestId="a", Name="probe")["FirewallDomainList"]["Id"]
    resolver.update_firewall_domains(FirewallDomainListId=domains, Operation="ADD", Domains=["example.com"])
    group = resolver.create_firewall_rule_group(CreatorRequestId="b", Name="probe")["FirewallRuleGroup"]["Id"]
    rule = {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}
    resolver.create_firewall_rule(CreatorRequestId="c", Name="probe", Priority=1, Action="ALERT", **rule)
    resolver.update_firewall_rule(**rule, Priority=2)
    tied = resolver.associate_firewall_rule_group(
        CreatorRequestId="d",
        FirewallRuleGroupId=group,
        VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
        Priority=101,
        Name="p",
    )["FirewallRuleGroupAssociation"]["Id"]
    resolver.update_firewall_rule_group_association(FirewallRuleGroupAssociationId=tied, Priority=102)
    read = resolver.get_firewall_rule_group_association(FirewallRuleGroupAssociationId=tied)
    listed = resolver.list_firewall_domains(FirewallDomainListId=domains)["Domains"]
    rules = resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]
    counted = resolver.get_firewall_rule_group(FirewallRuleGroupId=group)["FirewallRuleGroup"]["RuleCount"]
    named = resolver.get_firewall_domain_list(FirewallDomainListId=domains)["FirewallDomainList"]["Name"]
    known = [each["Name"] for each in resolver.list_firewall_domain_lists()["FirewallDomainLists"]]
    resolver.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=tied)
    resolver.delete_firewall_rule(**rule)
    resolver.delete_firewall_rule_group(FirewallRuleGroupId=group)
    resolver.delete_firewall_domain_list(FirewallDomainListId=domains)
    priority = read["FirewallRuleGroupAssociation"]["Priority"]
    return (priority, rules[0]["Priority"], listed, counted, named in known) == (102, 2, ["example.com"], 1, True)


FIREWALL = (
    "AssociateFirewallRuleGroup", "CreateFirewallDomainList", "CreateFirewallRule", "CreateFirewallRuleGroup",
    "DeleteFirewallDomainList", "DeleteFirewallRule", "DeleteFirewallRuleGroup", "DisassociateFirewallRuleGroup",
    "GetFirewallDomainList", "GetFirewallRuleGroup", "GetFirewallRuleGroupAssociation", "ListFirewallDomainLists",
    "ListFirewallDomains", "ListFirewallRules", "UpdateFirewallDomains", "UpdateFirewallRule",
    "UpdateFirewallRuleGroupAssociation",
)  # fmt: skip


class Route53Resolver(Service[Nothing]):
    """Endpoints and rules are moto's."""

    name = "route53resolver"
    extends = True
    state_type = Nothing
    probes: ClassVar = {
        **dict.fromkeys(FIREWALL, a_firewall_is_kept),
        "AssociateResolverRule": a_network_has_a_domain_once,
        "CreateResolverEndpoint": endpoints_are_in_two_subnets,
        "CreateResolverRule": rules_forward_somewhere,
        "DeleteResolverRule": rules_are_shared,
        "DisassociateResolverRule": rules_are_shared,
        "GetResolverRule": rules_are_shared,
        "UpdateResolverRule": rules_change,
        "CreateResolverQueryLogConfig": query_logs_are_refused_by_buckets,
        "DeleteResolverQueryLogConfig": query_logs_end,
        "DisassociateResolverQueryLogConfig": vpcs_are_let_go,
    }

    def create_resolver_endpoint(self, call: Call) -> HttpAnswer:
        """Moto takes one subnet, and groups of another VPC.

        Developer Guide, "Values that you specify when you create or edit inbound endpoints": addresses in at least two
        Availability Zones of one VPC, whose security groups they have.
        """
        ec2 = call.client("ec2", call.account, call.region)
        wanted = sorted({each["SubnetId"] for each in call["IpAddresses"]})
        if len(call["IpAddresses"]) >= 2 and len(wanted) < 2:
            raise Refusal("InvalidRequestException", "Resolver endpoint needs IP addresses in at least 2 subnets.")
        try:
            subnets = ec2.describe_subnets(SubnetIds=wanted)["Subnets"]
            groups = ec2.describe_security_groups(GroupIds=call["SecurityGroupIds"])["SecurityGroups"]
        except ClientError:
            return call.forward()  # which says what is not there
        if len({each["VpcId"] for each in (*subnets, *groups)}) > 1:
            raise Refusal("InvalidRequestException", "Subnets and security groups must be in the same VPC.")
        return call.forward()

    def create_resolver_rule(self, call: Call) -> HttpAnswer:
        """Moto forwards to nowhere, and by inbound endpoints (API reference; Developer Guide, "Forwarding rules")."""
        self._check_forwarding(call, call["RuleType"], call.get("ResolverEndpointId"), call.get("TargetIps"))
        return call.forward()

    def update_resolver_rule(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, UpdateResolverRule)."""
        rule = call.backend().resolver_rules.get(call["ResolverRuleId"])
        if rule is None:
            raise Refusal("ResourceNotFoundException", f"Resolver rule '{call['ResolverRuleId']}' does not exist.")
        config = call["Config"]
        endpoint = config.get("ResolverEndpointId", rule.resolver_endpoint_id)
        targets = config.get("TargetIps", rule.target_ips)
        self._check_forwarding(call, rule.rule_type, endpoint, targets)
        rule.name, rule.resolver_endpoint_id, rule.target_ips = config.get("Name", rule.name), endpoint, targets
        return {"ResolverRule": _described(rule)}

    def _check_forwarding(self, call: Call, kind: str, endpoint: str | None, targets: list[Any] | None) -> None:
        if kind != "FORWARD":
            return
        if not endpoint or not targets:
            raise Refusal("InvalidRequestException", "A rule that forwards needs a resolver endpoint and target IPs.")
        known = call.backend().resolver_endpoints.get(endpoint)
        if known is not None and known.direction != "OUTBOUND":
            raise Refusal("InvalidRequestException", f"The resolver endpoint '{endpoint}' is not outbound.")

    def get_resolver_rule(self, call: Call) -> dict[str, Any]:
        """Moto knows no rules that others share."""
        return {"ResolverRule": _described(self._rule(call))}

    def associate_resolver_rule(self, call: Call) -> dict[str, Any]:
        """Moto knows no rules that others share, and lets a VPC have two of one domain.

        API reference, AssociateResolverRule; Developer Guide, "Sharing Resolver rules with other AWS accounts".
        """
        rule, backend = self._rule(call), call.backend()
        for each in backend.resolver_rule_associations.values():
            other = _everywhere(call).get(each.resolver_rule_id)
            if each.vpc_id == call["VPCId"] and other is not None and other.domain_name == rule.domain_name:
                message = "Cannot associate rules with same domain name with same VPC. Conflict with resolver rule"
                raise Refusal("InvalidRequestException", f"{message} '{other.id}'")
        own = rule.id in backend.resolver_rules
        if not own:
            backend.resolver_rules[rule.id] = rule
        try:
            return call.moto()
        finally:
            if not own:
                del backend.resolver_rules[rule.id]

    def disassociate_resolver_rule(self, call: Call) -> dict[str, Any]:
        """Moto knows no rules that others share."""
        kept = call.backend().resolver_rule_associations
        for id_, each in kept.items():
            if (each.resolver_rule_id, each.vpc_id) == (call["ResolverRuleId"], call["VPCId"]):
                del kept[id_]
                return {"ResolverRuleAssociation": {**each.description(), "Status": "DELETING"}}
        message = f"Resolver rule '{call['ResolverRuleId']}' is not associated with VPC '{call['VPCId']}'."
        raise Refusal("ResourceNotFoundException", message)

    def delete_resolver_rule(self, call: Call) -> HttpAnswer:
        """Moto sees no VPCs of other accounts."""
        wanted = call["ResolverRuleId"]
        backends = [each for _, each in upstream.backends_in_use("route53resolver")]
        associated = (each for backend in backends for each in backend.resolver_rule_associations.values())
        if any(each.resolver_rule_id == wanted for each in associated):
            message = "Please disassociate this resolver rule from VPC first before deleting"
            raise Refusal("ResourceInUseException", message)
        return call.forward()

    def _rule(self, call: Call) -> Any:
        """The rule that the call names: one of the caller's, or one that is shared with it."""
        wanted = call["ResolverRuleId"]
        found = _everywhere(call).get(wanted)
        shares = (share for region, share in reaching(call.world, call.account) if region == call.region)
        entities = {each.entity for share in shares for each in share.associations.values()}
        if found is None or (found.account_id != call.account and found.arn not in entities):
            raise Refusal("ResourceNotFoundException", f"Resolver rule with ID '{wanted}' does not exist.")
        return found

    def create_resolver_query_log_config(self, call: Call) -> HttpAnswer:
        """Moto takes any destination (Developer Guide, "AWS resources that you can send query logs to")."""
        arn = call["DestinationArn"]
        if arn.startswith(f"arn:{call.partition}:s3:::"):
            name, _, prefix = arn.partition(":::")[2].partition("/")
            who = delivery.service(call.world, PRINCIPAL, call.account, call.arn("*", service="logs"))
            parts = (prefix.strip("/"), "AWSLogs", call.account, "vpcdnsquerylogs", "vpc", "x.log.gz")
            key = "/".join(filter(None, parts))
            if not delivery.bucket_admits(
                call.world, name, who, "s3:PutObject", key=key, context=delivery.BUCKET_OWNER_CONTROL
            ) or not delivery.bucket_admits(call.world, name, who, "s3:GetBucketAcl"):
                raise Refusal("InvalidRequestException", f"The destination {arn} cannot be delivered to.")
        return call.forward()

    def delete_resolver_query_log_config(self, call: Call) -> dict[str, Any]:
        """Moto has none. Not while VPCs are associated (API reference, DeleteResolverQueryLogConfig)."""
        backend, id_ = call.backend(), call["ResolverQueryLogConfigId"]
        found = backend.resolver_query_log_configs.get(id_)
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Resolver query log config '{id_}' does not exist")
        associated = backend.resolver_query_log_config_associations.values()
        if any(each.resolver_query_log_config_id == id_ for each in associated):
            raise Refusal("InvalidRequestException", "The configuration is associated with VPCs.")
        del backend.resolver_query_log_configs[id_]
        return {"ResolverQueryLogConfig": found.description()}

    def disassociate_resolver_query_log_config(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, DisassociateResolverQueryLogConfig)."""
        backend, wanted = call.backend(), (call["ResolverQueryLogConfigId"], call["ResourceId"])
        kept = backend.resolver_query_log_config_associations
        for id_, each in kept.items():
            if (each.resolver_query_log_config_id, each.resource_id) == wanted:
                del kept[id_]
                backend.resolver_query_log_configs[wanted[0]].association_count -= 1
                return {"ResolverQueryLogConfigAssociation": each.description()}
        raise Refusal("ResourceNotFoundException", f"{wanted[1]} is not associated with '{wanted[0]}'")


def _everywhere(call: Call) -> dict[str, Any]:
    """The rules of all accounts in the Region."""
    backends = (each for _, each in upstream.backends_in_use("route53resolver") if each.region_name == call.region)
    return {id_: rule for backend in backends for id_, rule in backend.resolver_rules.items()}


def _described(rule: Any) -> dict[str, Any]:
    """As it is answered: without what it has not."""
    return {name: value for name, value in rule.description().items() if value not in (None, "")}
