"""What must hold of the store of validation material, where a file has one: from the file alone, nobody is asked.

A file with a store is at level B-LT or it is refused: so no timestamp can be
taken out of it, nor another be put in, without its being seen.
"""

from hometeach.agreements.sealing.chains import chain_of, is_root
from hometeach.agreements.sealing.proving import Unproved, prove
from hometeach.agreements.sealing.tokens import certificates_in
from hometeach.agreements.sealing.verifying.reading import Reading, Refuse, must, understood


def check_material(reading: Reading) -> None:
    """By what stands in the file the certificates of seal and timestamp were good at the moment of the timestamp."""
    material = reading.material
    if material is None:
        return
    token, moment = reading.container.token, reading.timestamp
    if token is None or moment is None:
        raise Refuse("material")
    by, given = understood("material", lambda: certificates_in(token))
    held = {one.sha256 for one in material.certificates}
    authority = chain_of(by, [*given, *reading.trust.authorities])
    try:
        for chain, roots in ((reading.chain, (reading.chain[-1],)), (authority, reading.trust.authorities)):
            must({one.sha256 for one in chain} <= held, "material")
            prove(chain[0], material, [one for one in roots if is_root(one)], moment)
    except Unproved as unproved:
        raise Refuse("material") from unproved
    reading.lasting = True
