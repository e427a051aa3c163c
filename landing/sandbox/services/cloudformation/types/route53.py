"""Amazon Route 53: hosted zones."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed
from landing.sandbox.services.cloudformation.types.tags import own, tag_list, tag_map


class HostedZone(ResourceType):
    """AWS::Route53::HostedZone; with VPCs it is private."""

    name = "AWS::Route53::HostedZone"
    properties = frozenset({"HostedZoneConfig", "HostedZoneTags", "Name", "VPCs"})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateHostedZone with the first VPC, then the others."""
        client, vpcs = site.client("route53"), properties.get("VPCs") or []
        config = {**properties.get("HostedZoneConfig", {}), "PrivateZone": bool(vpcs)}
        first = {"VPC": vpcs[0]} if vpcs else {}
        token = site.world.token(16)
        made = client.create_hosted_zone(
            Name=properties["Name"], CallerReference=token, HostedZoneConfig=config, **first
        )
        id_ = str(made["HostedZone"]["Id"]).rpartition("/")[2]
        for vpc in vpcs[1:]:
            client.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
        self._tag(client, id_, {}, tag_map(properties.get("HostedZoneTags")))
        return id_

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetHostedZone; a name ends with a dot where the template's does."""
        client = site.client("route53")
        try:
            found = client.get_hosted_zone(Id=physical_id)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchHostedZone":
                return None
            raise
        zone = found["HostedZone"]
        plain = str(expected.get("Name", "")).endswith(".")
        name = zone["Name"] if plain else zone["Name"].removesuffix(".")
        live: dict[str, Any] = {"Name": name}
        if comment := zone.get("Config", {}).get("Comment"):
            live["HostedZoneConfig"] = {"Comment": comment}
        if found.get("VPCs"):
            vpcs = [{"VPCId": each["VPCId"], "VPCRegion": each["VPCRegion"]} for each in found["VPCs"]]
            order = [each["VPCId"] for each in expected.get("VPCs") or ()]
            live["VPCs"] = sorted(
                vpcs,
                key=lambda each: (
                    each["VPCId"] not in order,
                    order.index(each["VPCId"]) if each["VPCId"] in order else 0,
                ),
            )
        answer = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=physical_id)["ResourceTagSet"]
        if tags := own({each["Key"]: each["Value"] for each in answer.get("Tags", ())}):
            live["HostedZoneTags"] = tag_list(tags)
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """The comment, VPCs that come and go, tags."""
        client = site.client("route53")
        if changed(before, after, "HostedZoneConfig"):
            comment = after.get("HostedZoneConfig", {}).get("Comment", "")
            client.update_hosted_zone_comment(Id=physical_id, Comment=comment)
        old, new = before.get("VPCs") or [], after.get("VPCs") or []
        for vpc in (each for each in new if each not in old):
            client.associate_vpc_with_hosted_zone(HostedZoneId=physical_id, VPC=vpc)
        for vpc in (each for each in old if each not in new):
            client.disassociate_vpc_from_hosted_zone(HostedZoneId=physical_id, VPC=vpc)
        self._tag(client, physical_id, tag_map(before.get("HostedZoneTags")), tag_map(after.get("HostedZoneTags")))

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteHostedZone, unless it is gone."""
        if self.read(site, physical_id, properties) is not None:
            site.client("route53").delete_hosted_zone(Id=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """Its id."""
        return {"Id": physical_id}

    def _tag(self, client: Any, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        added = [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]
        gone = [key for key in old if key not in new]
        change = {**({"AddTags": added} if added else {}), **({"RemoveTagKeys": gone} if gone else {})}
        if change:
            client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, **change)
