"""Images in the private registry of one region are scanned: by Amazon ECR itself, or by Amazon Inspector."""

import re
from typing import Literal

from troposphere import Template
from troposphere.ecr import RegistryScanningConfiguration, RepositoryFilter, ScanningRule

CONTROLS = ("fsbp:ECR.1", "nist-800-53-r5:RA-5", "nist-csf-2.0:ID.RA-01")


def ecr_scanning(
    *, scan_type: Literal["BASIC", "ENHANCED"] = "BASIC", repositories: list[str] | None = None
) -> Template:
    """Images are scanned when they are pushed, and with ENHANCED for as long as Inspector watches them.

    BASIC is by Amazon ECR, free, and looks at packages of the operating system. ENHANCED is by Amazon Inspector, which
    it switches on for images in the account, and is paid for by image: where Inspector scans images already, BASIC
    would switch that off. `repositories` are names, `*` allowed; all of them when left out.
    """
    names = ["*"] if repositories is None else repositories
    if (
        not names
        or len({*names}) < len(names)
        or len(names) > 100
        or not all(re.fullmatch(r"[a-z0-9*]([._/-]?[a-z0-9*]+)*", name) for name in names)
    ):
        raise ValueError("`repositories` are 1 to 100 different names of repositories, with `*` for any characters")
    template = Template("Scanning of images")
    template.add_resource(
        RegistryScanningConfiguration(
            "Scanning",
            ScanType=scan_type,
            Rules=[
                ScanningRule(
                    ScanFrequency="CONTINUOUS_SCAN" if scan_type == "ENHANCED" else "SCAN_ON_PUSH",
                    RepositoryFilters=[RepositoryFilter(Filter=name, FilterType="WILDCARD") for name in names],
                )
            ],
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    return template
