"""ECDSA on the curve P-256, as FIPS 186-4 describes it: enough to check signatures in tests.

It is slow and leaks timing, which is no matter here; nothing but tests may use it.
"""

from __future__ import annotations

import hashlib

PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
GENERATOR = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

Point = tuple[int, int]


def public_key(private: int) -> Point:
    """Return the public key of a private one."""
    point = _multiply(private, GENERATOR)
    assert point is not None
    return point


def verifies(public: Point, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature in DER form over SHA-256 of a message was made with the key."""
    numbers = _numbers(signature)
    if numbers is None or not all(0 < number < ORDER for number in numbers):
        return False
    r, s = numbers
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, ORDER)
    point = _add(_multiply(digest * inverse % ORDER, GENERATOR), _multiply(r * inverse % ORDER, public))
    return point is not None and point[0] % ORDER == r


def _numbers(der: bytes) -> tuple[int, int] | None:
    """Read a sequence of two integers, each short enough for a length of one byte."""
    if len(der) < 2 or der[0] != 0x30 or der[1] != len(der) - 2:
        return None
    rest, found = der[2:], []
    while rest:
        if len(rest) < 2 or rest[0] != 0x02 or len(rest) < 2 + rest[1]:
            return None
        found.append(int.from_bytes(rest[2 : 2 + rest[1]], "big"))
        rest = rest[2 + rest[1] :]
    return (found[0], found[1]) if len(found) == 2 else None


def _add(one: Point | None, other: Point | None) -> Point | None:
    """Add two points; None is the one at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % PRIME == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, PRIME)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, PRIME)
    x = (slope * slope - x1 - x2) % PRIME
    return x, (slope * (x1 - x) - y1) % PRIME


def _multiply(factor: int, point: Point) -> Point | None:
    total: Point | None = None
    power: Point | None = point
    while factor:
        if factor & 1:
            total = _add(total, power)
        power = _add(power, power)
        factor >>= 1
    return total
