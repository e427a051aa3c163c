"""Amazon ECR: how the registry of an account scans."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site


class RegistryScanningConfiguration(ApiType):
    """AWS::ECR::RegistryScanningConfiguration: always there, changed and set back to what AWS set."""

    name = "AWS::ECR::RegistryScanningConfiguration"
    properties = frozenset({"Rules", "ScanType"})
    service, takes_over = "ecr", True
    creates, describes = "PutRegistryScanningConfiguration", "GetRegistryScanningConfiguration"
    described = "scanningConfiguration"

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Basic scanning of nothing."""
        site.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=[])
