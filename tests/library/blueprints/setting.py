"""A value of Systems Manager under a fixed name, so that a test can get in its way."""

from troposphere import Template
from troposphere.ssm import Parameter


def setting(*, value: str = "one") -> Template:
    """A value of Systems Manager under a fixed name, so that a test can get in its way."""
    template = Template("A setting")
    template.add_resource(Parameter("Setting", Name="/tests/setting", Type="String", Value=value))
    return template
