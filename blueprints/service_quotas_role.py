"""The role as which an account asks for larger quotas, which `service_quotas` names in each region."""

from troposphere import Template

from landing.blueprint.automation import add_document_role
from landing.blueprint.resource_names import SERVICE_QUOTAS

REGIONS = "home"  # IAM is global


def service_quotas_role() -> Template:
    """The role of the document that asks for quotas; it reads quotas and requests, and makes requests.

    AWS makes the service-linked role of Service Quotas in the name of who asks first (User Guide, "Using
    service-linked roles for Service Quotas").
    """
    template = Template("Role of the requests for service quotas")
    actions = [
        "servicequotas:GetAWSDefaultServiceQuota",
        "servicequotas:GetServiceQuota",
        "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
        "servicequotas:RequestServiceQuotaIncrease",
    ]
    add_document_role(
        template,
        "QuotasRole",
        SERVICE_QUOTAS,
        description="Systems Manager asks for service quotas",
        policy="ask",
        actions=actions,
        linked="servicequotas.amazonaws.com",
    )
    return template
