"""How we know again what is ours."""

from __future__ import annotations

TAG = "landing:id"
"""The ownership mark on whatever AWS lets us tag: its value is the key in the config."""

REGION_TAG = "landing:region:"
SERVICE_TAG = "landing:service:"
"""The beginning of a tag of the root, with the name of a region in which something of ours is."""

WAVE_TAG = "landing:wave"
"""A tag of the root: the name of the wave that was made last, and when it began."""

STACKS_TAG = "landing:stacks"
"""A tag of an account in which a stack of the config's `stacks` is."""

SHIELD_TAG = "landing:shield"
"""A tag of an account that is subscribed to Shield Advanced because the config says so."""

FIREWALL_TAG = "landing:firewall-administrator"
"""A tag of an account that administers a part of Firewall Manager because the config says so."""

REGIONS_TAG = "landing:regions"
"""A tag of an account, with the names of opt-in Regions that we have enabled, or have found enabled."""

TAGS_TAG = "landing:tags"
"""A tag of an account, with the fingerprints of the names of the tags that the config gives it."""

CONTACTS_TAG = "landing:contacts"
"""A tag of an account, with the fingerprint of the contacts of all that it was given."""

EMAIL_TAG = "landing:email"
"""A tag of an account, with the fingerprint of the address to which AWS has sent a code."""

NEW_TAG = "landing:new"
"""A tag of an account that we have made, until it leaves the quarantine unit; the value is the key of that unit."""

ACCOUNT_TAGS = (TAG, STACKS_TAG, FIREWALL_TAG, REGIONS_TAG, TAGS_TAG, CONTACTS_TAG, EMAIL_TAG, NEW_TAG, SHIELD_TAG)
"""All that an account may have of ours, beside the tags that the config gives it."""

REQUIRES_TAG = "landing:requires:"
"""The beginning of a tag of a stack, with a number: the value is a stack whose outputs it was given."""

ASSIGNED_TAG = "landing:assigned:"
"""The beginning of a tag of a permission set, with the id of a group or user that we have given it to."""

PREFIX = "landing-"
"""The ownership mark where tags do not exist or come too late (stack sets, stacks): the start of the name."""
