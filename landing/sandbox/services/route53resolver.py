"""Amazon Route 53 Resolver: moto's, with query logging that looks at its destination (API reference)."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from landing.sandbox.authorization import delivery
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
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


class Route53Resolver(Service[Nothing]):
    """Endpoints and rules are moto's."""

    name = "route53resolver"
    extends = True
    state_type = Nothing
    probes: ClassVar = {
        "CreateResolverQueryLogConfig": query_logs_are_refused_by_buckets,
        "DeleteResolverQueryLogConfig": query_logs_end,
        "DisassociateResolverQueryLogConfig": vpcs_are_let_go,
    }

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
