"""The view of AWS Resource Explorer by which resources of all accounts are found."""

from troposphere import Parameter, Ref, Sub, Template
from troposphere.resourceexplorer2 import DefaultViewAssociation, IncludedProperty, SearchFilter, View

REGIONS = "home"  # where the index is that gathers those of the other regions


def resource_explorer_view(*, filter_string: str = "", tags: bool = True, default: bool = True) -> Template:
    """A view of the whole organization, in the account that administers Resource Explorer.

    `filter_string` leaves resources out (`-service:iam`), `tags` are found and shown, and the view is the one that is
    searched by where none is named, unless `default` is false: a region has one default, and the stack fails where
    another one is it (AlreadyExists).
    """
    template = Template("View of all accounts in AWS Resource Explorer")
    for name in ("OrganizationId", "ManagementAccountId"):
        template.add_parameter(Parameter(name, Type="String"))
    organization = "arn:${AWS::Partition}:organizations::${ManagementAccountId}:organization/${OrganizationId}"
    template.add_resource(
        View(
            "View",
            ViewName="landing-organization",
            Scope=Sub(organization),
            Filters=SearchFilter(FilterString=filter_string),
            IncludedProperties=[IncludedProperty(Name="tags")] if tags else [],
        )
    )
    if default:
        template.add_resource(DefaultViewAssociation("DefaultView", ViewArn=Ref("View")))
    return template
