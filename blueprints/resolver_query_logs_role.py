"""The role as which VPCs come to have their DNS queries logged, which `resolver_query_logs` names in each region."""

from troposphere import Template

from landing.blueprint.automation import add_document_role
from landing.blueprint.resource_names import RESOLVER_QUERIES_ROLE

CONTROLS = ("nist-800-53-r5:AU-12", "nist-csf-2.0:PR.PS-04")
REGIONS = "home"  # IAM is global


def resolver_query_logs_role() -> Template:
    """The role of the document that associates VPCs with the logging of queries; it may do that and no more."""
    template = Template("Role of the logging of DNS queries")
    actions = ["ec2:DescribeVpcs", "route53resolver:AssociateResolverQueryLogConfig"]
    description = "Systems Manager associates VPCs with the logging of DNS queries"
    add_document_role(
        template, "QueriesRole", RESOLVER_QUERIES_ROLE, description=description, policy="associate", actions=actions
    )
    return template
