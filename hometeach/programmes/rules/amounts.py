"""How is an amount kept and read, so that both databases and every sum give the very decimal that was typed?

Amounts are whole numbers of ten-thousandths. Missing is None, never zero.
"""

import unicodedata
from decimal import Decimal, InvalidOperation

#: Stored amounts are counted in these: four decimals, exact.
PARTS = 10_000
#: Below what both databases hold as a whole number: no figure of a county comes near it.
MOST = Decimal(10**13)
#: What a binary float may be off the decimal that was meant, far less than one stored part.
FLOAT_NOISE = Decimal("0.000001")


class NoAmount(ValueError):  # noqa: N818 - what was written
    """It is no number, or one that no amount comes near."""


def fixed(number: Decimal) -> int:
    """The amount in stored parts.

    Raises: ValueError if it has more than four decimals.
    """
    parts = number * PARTS
    if parts != parts.to_integral_value():
        raise ValueError(f"{number} has more than four decimals")
    return int(parts)


def unfixed(parts: int) -> Decimal:
    """The decimal that stored parts mean, without trailing zeros."""
    number = (Decimal(parts) / PARTS).normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def number_meant(value: float | str | Decimal) -> int:
    """The amount that was typed or stood in a cell, in stored parts.

    A float's own noise is taken off (7247.200000000001 means 7247.2); full-width
    digits and grouping commas are read as people mean them.

    Raises: NoAmount if it is no number, not finite, or beyond all amounts; ValueError too if it has more than
    four decimals.
    """
    text = repr(value) if isinstance(value, float) else unicodedata.normalize("NFKC", str(value)).replace(",", "")
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise NoAmount(f"{value!r} is no number") from None
    if not number.is_finite() or abs(number) >= MOST:
        raise NoAmount(f"{value!r} is no amount")
    if isinstance(value, float) and abs(number - (rounded := round(number, 4))) < FLOAT_NOISE:
        number = rounded
    return fixed(number)


def recomputed(numerator: int | None, denominator: int | None, decimals: int) -> int | None:
    """Numerator ÷ denominator in per cent, half up to so many decimals; None where either is missing.

    Units: all three in stored parts.
    """
    if numerator is None or not denominator:
        return None
    step = PARTS // 10**decimals
    whole_steps = 100 * PARTS // step
    return ((2 * numerator * whole_steps + denominator) // (2 * denominator)) * step
