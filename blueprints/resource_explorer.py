"""AWS Resource Explorer in one region: an index of the resources there, in the home region of all regions."""

from troposphere import Equals, If, Parameter, Ref, Template
from troposphere.resourceexplorer2 import Index


def resource_explorer() -> Template:
    """An index in each region, which is free. The one of the home region gathers those of the others.

    A region has one index, and an account one that gathers: where there is one already, whoever made it, the stack
    fails (AlreadyExists). With the index go all views of its region.
    """
    template = Template("Index of AWS Resource Explorer")
    template.add_parameter(Parameter("HomeRegion", Type="String"))
    template.add_condition("InHomeRegion", Equals(Ref("AWS::Region"), Ref("HomeRegion")))
    template.add_resource(Index("Index", Type=If("InHomeRegion", "AGGREGATOR", "LOCAL")))
    return template
