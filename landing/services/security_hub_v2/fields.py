"""What automation rules compare: fields of findings as OCSF calls them, and of resources (CreateAutomationRuleV2)."""

from __future__ import annotations

TEXTS = (
    "metadata.uid", "activity_name", "cloud.account.uid", "cloud.provider", "cloud.region",
    "compliance.assessments.category", "compliance.assessments.name", "compliance.control", "compliance.status",
    "compliance.standards", "finding_info.desc", "finding_info.src_url", "finding_info.title", "finding_info.types",
    "finding_info.uid", "finding_info.related_events.traits.category", "finding_info.related_events.uid",
    "finding_info.related_events.product.uid", "finding_info.related_events.title", "impact", "likelihood",
    "metadata.product.name", "metadata.product.uid", "metadata.product.vendor_name", "remediation.desc",
    "remediation.references", "resources.cloud_partition", "resources.criticality", "resources.name",
    "resources.owner.account.uid", "resources.owner.org.uid", "resources.owner.account.name", "resources.provider",
    "resources.region", "resources.type", "resources.uid", "severity", "status", "comment",
    "vulnerabilities.fix_coverage", "class_name", "databucket.encryption_details.algorithm",
    "databucket.encryption_details.key_uid", "databucket.file.data_classifications.classifier_details.type",
    "evidences.actor.user.account.uid", "evidences.api.operation", "evidences.api.response.error_message",
    "evidences.api.service.name", "evidences.connection_info.direction", "evidences.connection_info.protocol_name",
    "evidences.dst_endpoint.autonomous_system.name", "evidences.dst_endpoint.location.city",
    "evidences.dst_endpoint.location.country", "evidences.src_endpoint.autonomous_system.name",
    "evidences.src_endpoint.hostname", "evidences.src_endpoint.location.city",
    "evidences.src_endpoint.location.country", "finding_info.analytic.name", "malware.name",
    "malware_scan_info.uid", "malware.severity", "resources.cloud_function.layers.uid_alt",
    "resources.cloud_function.runtime", "resources.cloud_function.user.uid",
    "resources.device.encryption_details.key_uid", "resources.device.image.uid", "resources.image.architecture",
    "resources.image.registry_uid", "resources.image.repository_name", "resources.image.uid",
    "resources.subnet_info.uid", "resources.vpc_uid", "vulnerabilities.affected_code.file.path",
    "vulnerabilities.affected_packages.name", "vulnerabilities.cve.epss.score", "vulnerabilities.cve.uid",
    "vulnerabilities.related_vulnerabilities", "cloud.account.name", "vendor_attributes.severity",
)  # fmt: skip
DATES = (
    "finding_info.created_time_dt", "finding_info.first_seen_time_dt", "finding_info.last_seen_time_dt",
    "finding_info.modified_time_dt", "resources.image.created_time_dt", "resources.image.last_used_time_dt",
    "resources.modified_time_dt",
)  # fmt: skip
SWITCHES = (
    "compliance.assessments.meets_criteria", "vulnerabilities.is_exploit_available",
    "vulnerabilities.is_fix_available",
)  # fmt: skip
NUMBERS = (
    "activity_id", "compliance.status_id", "confidence_score", "severity_id", "status_id",
    "finding_info.related_events_count", "evidences.api.response.code",
    "evidences.dst_endpoint.autonomous_system.number", "evidences.dst_endpoint.port",
    "evidences.src_endpoint.autonomous_system.number", "evidences.src_endpoint.port",
    "resources.image.in_use_count", "vulnerabilities.cve.cvss.base_score", "vendor_attributes.severity_id",
)  # fmt: skip
MAPS = (
    "resources.tags", "compliance.control_parameters", "databucket.tags", "finding_info.tags",
)  # fmt: skip
ADDRESSES = (
    "evidences.dst_endpoint.ip", "evidences.src_endpoint.ip",
)  # fmt: skip
"""Of findings (`OcsfFindingFilters`), by what is compared."""

RESOURCE_TEXTS = (
    "ResourceGuid", "ResourceId", "AccountId", "AccountName", "Region", "ResourceProvider",
    "ResourceOwnerAccountId", "ResourceOwnerOrgId", "ResourceCloudPartition", "ResourceRegion", "ResourceCategory",
    "ResourceType", "ResourceName", "FindingsSummary.FindingType", "FindingsSummary.ProductName",
    "ResourceSubCategory", "DiscoveryType", "ResourceInfo.AIDetails.HostResourceGuid",
    "ResourceInfo.AIDetails.HostResourceType", "ResourceInfo.AIDetails.CanonicalId", "ResourceCriticality",
)  # fmt: skip
RESOURCE_DATES = (
    "ResourceDetailCaptureTime", "ResourceCreationTime",
)  # fmt: skip
RESOURCE_NUMBERS = (
    "FindingsSummary.TotalFindings", "FindingsSummary.Severities.Other", "FindingsSummary.Severities.Fatal",
    "FindingsSummary.Severities.Critical", "FindingsSummary.Severities.High", "FindingsSummary.Severities.Medium",
    "FindingsSummary.Severities.Low", "FindingsSummary.Severities.Informational",
    "FindingsSummary.Severities.Unknown", "ResourceInfo.AIDetails.SelfHostedAIModelResourceCount",
    "ResourceInfo.AIDetails.SelfHostedAIAgentResourceCount",
    "ResourceInfo.AIDetails.SelfHostedAIModelServingResourceCount",
    "ResourceInfo.AIDetails.SelfHostedAIExternalEndpointResourceCount",
    "ResourceInfo.AIDetails.SelfHostedAIDevelopmentResourceCount",
    "ResourceInfo.AIDetails.SelfHostedAIAgentFrameworkResourceCount",
    "ResourceInfo.AIDetails.SelfHostedAIAgentToolsAndIdentityResourceCount",
    "ResourceInfo.AIDetails.SelfHostedTotalAIResourceCount",
)  # fmt: skip
RESOURCE_MAPS = (
    "ResourceTags",
)  # fmt: skip
"""Of resources (`ResourcesFilters`)."""
