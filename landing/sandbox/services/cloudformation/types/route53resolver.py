"""Amazon Route 53 Resolver: query logging."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site


class ResolverQueryLoggingConfig(ApiType):
    """AWS::Route53Resolver::ResolverQueryLoggingConfig."""

    name = "AWS::Route53Resolver::ResolverQueryLoggingConfig"
    properties = frozenset({"DestinationArn", "Name"})
    service, key, identity = "route53resolver", "ResolverQueryLogConfigId", "Id"
    creates, deletes = "CreateResolverQueryLogConfig", "DeleteResolverQueryLogConfig"
    describes, described = "GetResolverQueryLogConfig", "ResolverQueryLogConfig"

    def create(self, site: Site, properties: Properties) -> str:
        """A request of its own."""
        return super().create(site, {**properties, "CreatorRequestId": site.world.token(16)})
