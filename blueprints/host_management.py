"""Instances in one region are managed by Systems Manager without a profile of their own."""

from troposphere import Sub, Template
from troposphere.ssm import ServiceSetting

from landing.blueprint.resource_names import HOST_MANAGEMENT_ROLE

CONTROLS = ("fsbp:SSM.1", "nist-800-53-r5:CM-8", "nist-csf-2.0:ID.AM-02")


def host_management() -> Template:
    """Default Host Management Configuration, with the role of `host_management_role`, which must be there.

    It reaches instances with IMDSv2 and an agent of version 3.2.582 or newer; one whose profile lets it report to
    Systems Manager keeps to that.
    """
    template = Template("Default Host Management Configuration")
    template.add_resource(
        ServiceSetting(
            "HostManagement",
            SettingId=Sub(
                "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}"
                ":servicesetting/ssm/managed-instance/default-ec2-instance-management-role"
            ),
            SettingValue=f"service-role/{HOST_MANAGEMENT_ROLE}",
        )
    )
    return template
