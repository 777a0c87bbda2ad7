"""Functions for IP addresses and networks.

Source: https://developer.hashicorp.com/terraform/language/functions (IP network functions).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from providers.terraform.functions.numeric import whole
from providers.terraform.functions.partial import limited
from providers.terraform.values import Data, TerraformError, TfList

_NETWORKS_LIMIT = 1024
_ZEROS = re.compile(r"\b0+(?=\d)")


class _Network(NamedTuple):
    version: int
    bits: int
    address: int  # of the network: host bits are zero
    length: int


def _network(prefix: str) -> _Network:
    import ipaddress

    text = prefix if ":" in prefix else _ZEROS.sub("", prefix)  # Terraform still reads 010.0.0.1 as decimal
    try:
        if not re.fullmatch(r"[^/%]+/\d{1,3}", text, re.ASCII):
            raise ValueError(prefix)
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise TerraformError(f'invalid CIDR expression: "{prefix}"') from None
    return _Network(network.version, network.max_prefixlen, int(network.network_address), network.prefixlen)


def _address(version: int, number: int) -> str:
    import ipaddress

    return str(ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number))


def cidrhost(prefix: str, hostnum: int | Decimal) -> str:
    """Return the address of a host in a network; a negative number counts from the end."""
    network, number = _network(prefix), whole(hostnum)
    size = 1 << (network.bits - network.length)
    if not -size <= number < size:
        raise TerraformError(f"prefix of {network.length} does not accommodate a host numbered {number}")
    return _address(network.version, network.address + (number if number >= 0 else size + number))


def cidrnetmask(prefix: str) -> str:
    """Return the netmask of an IPv4 network."""
    network = _network(prefix)
    if network.version != 4:
        raise TerraformError("IPv6 addresses cannot have a netmask")
    return _address(4, (1 << 32) - (1 << (32 - network.length)))


def cidrsubnet(prefix: str, newbits: int | Decimal, netnum: int | Decimal) -> Data:
    """Return a network inside another, with so many more bits and of this number."""
    network, extra, number = _network(prefix), whole(newbits), whole(netnum)
    if extra < 0 or number < 0:
        return limited("cidrsubnet with negative arguments is not supported")
    length = network.length + extra
    if length > network.bits:
        raise TerraformError(f"not enough remaining address space for prefix extension of {extra}")
    if number >= 1 << extra:
        raise TerraformError(f"prefix extension of {extra} does not accommodate a subnet numbered {number}")
    return f"{_address(network.version, network.address + (number << (network.bits - length)))}/{length}"


def cidrsubnets(prefix: str, *newbits: int | Decimal) -> Data:
    """Return consecutive networks inside another, each with so many more bits."""
    network = _network(prefix)
    if len(newbits) > _NETWORKS_LIMIT:
        return limited(f"more than {_NETWORKS_LIMIT} networks")
    end = network.address + (1 << (network.bits - network.length))
    at, found = network.address, []
    for extra in map(whole, newbits):
        length = network.length + extra
        if not 1 <= extra <= 32 or length > network.bits:
            raise TerraformError(f"cannot extend prefix {network.length} by {extra} bits")
        size = 1 << (network.bits - length)
        at = -(-at // size) * size  # the next address at which a network of this size can start
        if at + size > end:
            raise TerraformError("not enough remaining address space for another subnet")
        found.append(f"{_address(network.version, at)}/{length}")
        at += size
    return TfList(found)
