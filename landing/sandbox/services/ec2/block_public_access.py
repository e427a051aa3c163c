"""Whether an account may share snapshots and images with everyone, and which images it may use."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.ec2.state import at, declared, here, manager, refuse_declared, spelt
from landing.sandbox.world import World

SNAPSHOTS = "snapshot_block_public_access"
IMAGES = "image_block_public_access"
ALLOWED = "allowed_images_settings"


def get_snapshot_block_public_access_state(call: Call) -> dict[str, Any]:
    """Moto does not block public snapshots."""
    policy = declared(call, SNAPSHOTS)
    state = here(call).snapshots if policy is None else spelt(policy["state"])
    return {"State": state, "ManagedBy": manager(policy)}


def enable_snapshot_block_public_access(call: Call) -> dict[str, Any]:
    """Moto does not block public snapshots."""
    refuse_declared(call, SNAPSHOTS)
    here(call).snapshots = call["State"]
    return {"State": call["State"]}


def disable_snapshot_block_public_access(call: Call) -> dict[str, Any]:
    """Moto does not block public snapshots."""
    refuse_declared(call, SNAPSHOTS)
    here(call).snapshots = "unblocked"
    return {"State": "unblocked"}


def get_image_block_public_access_state(call: Call) -> dict[str, Any]:
    """Moto does not block public images."""
    call.poll(_images(call))
    policy = declared(call, IMAGES)
    state = here(call).images if policy is None else spelt(policy["state"])
    return {"ImageBlockPublicAccessState": state, "ManagedBy": manager(policy)}


def enable_image_block_public_access(call: Call) -> dict[str, Any]:
    """Moto does not block public images."""
    return _change_images(call, call["ImageBlockPublicAccessState"])


def disable_image_block_public_access(call: Call) -> dict[str, Any]:
    """Moto does not block public images."""
    return _change_images(call, "unblocked")


def _images(call: Call) -> tuple[str, str, str]:
    return ("ec2-images", call.account, call.region)


def _change_images(call: Call, state: str) -> dict[str, Any]:
    """It takes up to ten minutes; until then the old state is read (API reference)."""
    refuse_declared(call, IMAGES)
    call.world.clock.forget(_images(call))
    call.world.clock.later(set_images, call.account, call.region, state, thing=_images(call), seconds=600)
    return {"ImageBlockPublicAccessState": state}


def set_images(world: World, account: str, region: str, state: str) -> None:
    """The change has come through."""
    at(world, account, region).images = state


def get_allowed_images_settings(call: Call) -> dict[str, Any]:
    """Moto does not restrict images."""
    policy = declared(call, ALLOWED)
    if policy is not None:
        criteria = [_criterion(one) for _, one in sorted(policy.get("image_criteria", {}).items())]
        return {"State": spelt(policy["state"]), "ImageCriteria": criteria, "ManagedBy": manager(policy)}
    place = here(call)
    return {"State": place.allowed_images, "ImageCriteria": place.image_criteria, "ManagedBy": "account"}


def _criterion(policy: dict[str, Any]) -> dict[str, Any]:
    names = {
        "allowed_image_providers": "ImageProviders",
        "image_names": "ImageNames",
        "marketplace_product_codes": "MarketplaceProductCodes",
    }
    return {names[key]: value for key, value in policy.items() if key in names}


def enable_allowed_images_settings(call: Call) -> dict[str, Any]:
    """Moto does not restrict images."""
    refuse_declared(call, ALLOWED)
    here(call).allowed_images = call["AllowedImagesSettingsState"]
    return {"AllowedImagesSettingsState": call["AllowedImagesSettingsState"]}


def disable_allowed_images_settings(call: Call) -> dict[str, Any]:
    """Moto does not restrict images."""
    refuse_declared(call, ALLOWED)
    here(call).allowed_images = "disabled"
    return {"AllowedImagesSettingsState": "disabled"}


def replace_image_criteria_in_allowed_images_settings(call: Call) -> dict[str, Any]:
    """Moto does not restrict images."""
    refuse_declared(call, ALLOWED)
    here(call).image_criteria = call.get("ImageCriteria", [])
    return {"ReturnValue": True}
