"""The Regions of AWS, as the installed botocore lists them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fakeim.spec.package_data import package_data

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVED = ("aws", "aws-cn", "aws-us-gov")
"""Those that the service's ARNs know of (catalogue 2.12)."""


def _partitions() -> Mapping[str, str]:
    listed = json.loads(package_data("botocore", "data/partitions.json"))["partitions"]
    found = {name: each["id"] for each in listed if each["id"] in SERVED for name in each["regions"]}
    return {name: partition for name, partition in found.items() if not name.endswith("-global")}  # no Regions


PARTITIONS = _partitions()
"""The partition of each Region. Read at once: a first fake may be made where a test has replaced the file system."""
