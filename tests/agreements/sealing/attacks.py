"""What somebody may do to a sealed agreement so that it says something else, or looks as if it said more.

Each attack takes the target and gives the bytes that a victim would be shown.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pypdf
from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from hometeach.agreements.sealing import container, keys, making
from hometeach.agreements.sealing.keys import SealKey
from hometeach.kernel.clock import machine_now
from tests.agreements.sealing import making as cast


@dataclass(frozen=True)
class Target:
    """A sealed agreement, another one of the same bureau, the bureau's key (for an insider) and a stranger's."""

    sealed: bytes
    other: bytes
    key: SealKey
    stranger: SealKey
    #: Keys that the bureau believes and that were not good at the moment of the seal.
    expired: SealKey
    early: SealKey
    unsigned: bytes
    evidence: bytes


Attack = Callable[[Target], bytes]
ATTACKS: dict[str, Attack] = {}


def attack(name: str) -> Callable[[Attack], Attack]:
    def kept(made: Attack) -> Attack:
        assert name not in ATTACKS
        ATTACKS[name] = made
        return made

    return kept


def simple(name: str, change: Callable[[bytes], bytes]) -> None:
    attack(name)(lambda target: change(target.sealed))


def _earlier_xref(sealed: bytes) -> bytes:
    (first, *_), last = re.findall(rb"startxref\n(\d+)", sealed), sealed.rindex(b"startxref\n")
    end = sealed.index(b"\n", last + 10)
    return sealed[: last + 10] + first.rjust(end - last - 10, b"0") + sealed[end:]


def _tail(sealed: bytes) -> bytes:
    return sealed[sealed.rindex(b"startxref") :]


def _pypdf_update(sealed: bytes) -> bytes:
    writer = pypdf.PdfWriter(BytesIO(sealed), incremental=True)
    writer.add_metadata({"/Subject": "seen"})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


# before, after, in between
simple("a line end appended", lambda sealed: sealed + b"\n")
simple("a space appended", lambda sealed: sealed + b" ")
simple("a zero byte appended", lambda sealed: sealed + b"\0")
simple("a comment appended", lambda sealed: sealed + b"% seen and found right\n")
simple("a second end appended", lambda sealed: sealed + b"%%EOF\n")
simple("a zip archive appended", lambda sealed: sealed + b"PK\x05\x06" + bytes(18))
simple("the file twice", lambda sealed: sealed + sealed)
simple("a line before the head", lambda sealed: b"\n" + sealed)
simple("a byte order mark before the head", lambda sealed: b"\xef\xbb\xbf" + sealed)
simple("a web page before the head", lambda sealed: b"<html><script>1</script></html>" + sealed)
simple("another version in the head", lambda sealed: sealed.replace(b"%PDF-1.7", b"%PDF-1.4", 1))
simple("the last byte cut off", lambda sealed: sealed[:-1] if not sealed.endswith(b"\n") else sealed[:-2])
simple("the last kilobyte cut off", lambda sealed: sealed[:-1024])
simple("the first kilobyte cut out", lambda sealed: sealed[:9] + sealed[1033:])
simple("line ends of another system", lambda sealed: sealed.replace(b"\nendobj", b"\r\nendobj"))
simple("an empty file", lambda sealed: b"")
simple("no document at all", lambda sealed: b"%PDF-1.7\n%%EOF\n")
attack("the revision with the seal stripped off")(lambda target: target.unsigned)
attack("the sealed part of another agreement on this one")(
    lambda target: target.unsigned + target.other[len(target.unsigned) :]
)
simple("the table of objects of the revision before", _earlier_xref)
simple("an object redefined behind the seal", lambda sealed: sealed + b"6 0 obj\n<<>>\nendobj\n" + _tail(sealed))
simple("a second table that leads in a circle", lambda sealed: sealed + _tail(sealed))


# the container
def refilled(sealed: bytes, der: bytes) -> bytes:
    start, end = making.gap_in(sealed)
    digits = der.hex().upper().encode().ljust(end - start - 2, b"0")
    return sealed[: start + 1] + digits + sealed[end - 1 :]


def in_room(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(sealed: bytes) -> bytes:
        start, end = making.gap_in(sealed)
        made = change(sealed[start + 1 : end - 1])
        assert len(made) == end - start - 2
        return sealed[: start + 1] + made + sealed[end - 1 :]

    return changed


def rebuilt(change: Callable[[cms.SignedData], None]) -> Callable[[bytes], bytes]:
    def changed(sealed: bytes) -> bytes:
        whole = cms.ContentInfo.load(making.container_in(sealed))
        change(whole["content"])
        return refilled(sealed, whole.dump())

    return changed


def _twin(data: cms.SignedData) -> None:
    signer = data["signer_infos"][0]
    r, s = decode_dss_signature(signer["signature"].native)
    signer["signature"] = encode_dss_signature(r, keys.ORDERS["secp256r1"] - s)


def _more_certificates(data: cms.SignedData) -> None:
    stranger = cast.key_of("别的局").certificate
    data["certificates"] = [*(one.chosen for one in data["certificates"]), stranger]


def _fewer_certificates(data: cms.SignedData) -> None:
    data["certificates"] = [data["certificates"][1].chosen]


def _noted(data: cms.SignedData) -> None:
    note = cms.CMSAttribute({"type": "1.2.3.4.5", "values": [core.UTF8String("approved")]})
    data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([note])


def _two_signers(data: cms.SignedData) -> None:
    data["signer_infos"] = [data["signer_infos"][0], data["signer_infos"][0].copy()]


def _other_version(data: cms.SignedData) -> None:
    data["version"] = "v3"


def _two_digests(data: cms.SignedData) -> None:
    data["digest_algorithms"] = [{"algorithm": "sha256"}, {"algorithm": "sha1"}]


def _false_timestamp(data: cms.SignedData) -> None:
    token = cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"2020-01-01")})
    stamped = cms.CMSAttribute({"type": container.TOKEN, "values": [token]})
    data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([stamped])


simple("the container in small letters", in_room(bytes.lower))
simple("something hidden in the room", in_room(lambda room: room[:-8] + b"DEADBEEF"))
simple("spaces in the room", in_room(lambda room: room[:-4] + b"    "))
simple("an empty container", in_room(lambda room: b"0" * len(room)))
simple("a container that is no container", in_room(lambda room: b"30800000".ljust(len(room), b"0")))
simple("the twin of the signature", rebuilt(_twin))
simple("a certificate more in the container", rebuilt(_more_certificates))
simple("a certificate less in the container", rebuilt(_fewer_certificates))
simple("a note in the container", rebuilt(_noted))
simple("two signers in the container", rebuilt(_two_signers))
simple("another version of the container", rebuilt(_other_version))
simple("a second digest algorithm named", rebuilt(_two_digests))
simple("a timestamp that is none", rebuilt(_false_timestamp))
attack("the container of another agreement")(lambda target: refilled(target.sealed, making.container_in(target.other)))


@attack("a byte after the container's end, within the room")
def _longer(target: Target) -> bytes:
    return refilled(target.sealed, making.container_in(target.sealed) + b"\x01")


@attack("signed anew by a stranger who names the bureau's certificate")
def _forged(target: Target) -> bytes:
    read = container.opened(making.container_in(target.sealed))
    made = container.made_anew(read, target.stranger.chain, None)
    return refilled(target.sealed, made)


# the range of bytes
def ranged(change: Callable[[list[int]], list[int]]) -> Callable[[bytes], bytes]:
    def changed(sealed: bytes) -> bytes:
        found = re.search(rb"/ByteRange \[([\d ]+)\] *", sealed)
        assert found
        numbers = change([int(one) for one in found[1].split()])
        told = b"/ByteRange [" + b" ".join(b"%d" % one for one in numbers) + b"]"
        return sealed[: found.start()] + told.ljust(len(found[0])) + sealed[found.end() :]

    return changed


simple("a range that ends earlier", ranged(lambda r: [r[0], r[1], r[2], r[3] - 100]))
simple("a range with a wider gap", ranged(lambda r: [r[0], r[1] - 50, r[2], r[3]]))
simple("a gap that reaches further", ranged(lambda r: [r[0], r[1], r[2] + 50, r[3] - 50]))
simple("a range of three parts", ranged(lambda r: [*r, r[2] + r[3], 0]))
simple("a range that begins later", ranged(lambda r: [9, r[1] - 9, r[2], r[3]]))
simple("no range", lambda sealed: sealed.replace(b"/ByteRange", b"/ByteRunge"))
simple("a second range in a comment", lambda sealed: sealed.replace(b"%%EOF", b"%/ByteRange [0 1 2 3]\n%%EOF"))
simple(
    "the gap moved over the evidence, the range moved with it",
    ranged(lambda r: [r[0], r[1] - 2000, r[2], r[3]]),
)


# updates after the seal
def updated(name: str) -> Callable[[Callable[[IncrementalPdfFileWriter, Target], None]], None]:
    def kept(change: Callable[[IncrementalPdfFileWriter, Target], None]) -> None:
        def made(target: Target) -> bytes:
            writer = IncrementalPdfFileWriter(BytesIO(target.sealed))
            change(writer, target)
            out = BytesIO()
            writer.write(out)
            return out.getvalue()

        attack(name)(made)

    return kept


def page_of(writer: IncrementalPdfFileWriter, number: int = 0) -> DictionaryObject:
    return writer.root["/Pages"]["/Kids"][number].get_object()


def annotated(writer: IncrementalPdfFileWriter, **entries: object) -> None:
    note = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Rect"): ArrayObject(NumberObject(one) for one in (0, 0, 500, 500)),
            **{pdf_name(f"/{name}"): value for name, value in entries.items()},
        }
    )
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0).reference, writer.add_object(note))


@updated("an update that changes nothing")
def _nothing(writer, _target):
    writer.update_root()


@updated("the text of a page replaced")
def _shadow(writer, _target):
    page = page_of(writer)
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)


@updated("a page more")
def _page_more(writer, target):
    page = PdfFileReader(BytesIO(target.evidence)).root["/Pages"]["/Kids"][0].get_object()
    page.pop("/Parent")
    writer.insert_page(writer.import_object(page))


@updated("a page less")
def _page_less(writer, _target):
    tree = writer.root["/Pages"]
    tree["/Kids"].pop()
    tree[pdf_name("/Count")] = NumberObject(tree["/Count"] - 1)
    writer.update_container(tree)


@updated("two pages swapped")
def _swapped(writer, _target):
    kids = writer.root["/Pages"]["/Kids"]
    kids[0], kids[1] = kids.raw_get(1), kids.raw_get(0)
    writer.update_container(kids)


@updated("a note laid over the text")
def _note(writer, _target):
    annotated(writer, Subtype=pdf_name("/FreeText"), Contents=pdf_string("每周送教一次，收费一百元"))


@updated("a stamp laid over the text")
def _stamp(writer, _target):
    annotated(writer, Subtype=pdf_name("/Stamp"), Name=pdf_name("/Approved"))


@updated("a link over the page")
def _link(writer, _target):
    action = DictionaryObject({pdf_name("/S"): pdf_name("/URI"), pdf_name("/URI"): pdf_string("http://x.example/")})
    annotated(writer, Subtype=pdf_name("/Link"), A=action)


@updated("a text field laid over a line")
def _field(writer, _target):
    shown = {"T": pdf_string("amount"), "FT": pdf_name("/Tx"), "V": pdf_string("100"), "Subtype": pdf_name("/Widget")}
    annotated(writer, **shown)
    fields_there = writer.root["/AcroForm"]["/Fields"]
    fields_there.append(page_of(writer)["/Annots"].raw_get(-1))
    writer.update_container(fields_there)


@updated("the seal's field drawn large over a page")
def _large(writer, _target):
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    field[pdf_name("/Rect")] = ArrayObject(NumberObject(one) for one in (0, 0, 600, 800))
    writer.update_container(field)


@updated("a signature field that nobody has filled")
def _empty_field(writer, _target):
    fields.append_signature_field(writer, fields.SigFieldSpec("Second"))


@updated("a script that runs when it is opened")
def _script(writer, _target):
    script = {"/S": pdf_name("/JavaScript"), "/JS": pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = DictionaryObject({pdf_name(name): one for name, one in script.items()})
    writer.update_root()


@updated("an attachment")
def _attached(writer, _target):
    file = embed.EmbeddedFileObject.from_file_data(writer, b"another agreement")
    embed.embed_file(writer, embed.FileSpec("agreement.pdf", embedded_data=file))


@updated("another title")
def _title(writer, _target):
    writer.set_info(DictionaryObject({pdf_name("/Title"): pdf_string("已作废")}))


@updated("other metadata")
def _metadata(writer, _target):
    writer.root[pdf_name("/Metadata")] = writer.add_object(generic.StreamObject(stream_data=b"<x:xmpmeta/>"))
    writer.update_root()


@updated("the certification taken away")
def _uncertified(writer, _target):
    writer.root.pop("/Perms")
    writer.update_root()


@updated("the form taken away")
def _formless(writer, _target):
    writer.root.pop("/AcroForm")
    writer.update_root()


@updated("another number stated")
def _number(writer, _target):
    private = writer.root["/PieceInfo"]["/HomeTeach"]["/Private"]
    private[pdf_name("/Number")] = pdf_string("XY-2026-9999")
    writer.update_root()


@updated("a layer that hides the text")
def _hidden(writer, _target):
    layer = writer.add_object(
        DictionaryObject({pdf_name("/Type"): pdf_name("/OCG"), pdf_name("/Name"): pdf_string("x")})
    )
    shown = DictionaryObject({pdf_name("/OFF"): ArrayObject([layer])})
    layers = {pdf_name("/OCGs"): ArrayObject([layer]), pdf_name("/D"): shown}
    writer.root[pdf_name("/OCProperties")] = DictionaryObject(layers)
    writer.update_root()


@updated("another font under the same text")
def _font(writer, _target):
    page = page_of(writer)
    fonts = page["/Resources"]["/Font"]
    for name in list(fonts):
        plain = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        fonts[name] = DictionaryObject({pdf_name(key): pdf_name(value) for key, value in plain.items()})
    writer.update_container(page)


@updated("what is needed to check it later (DSS), which is not ours")
def _dss(writer, target):
    store = writer.add_object(generic.StreamObject(stream_data=target.stranger.certificate.dump()))
    writer.root[pdf_name("/DSS")] = DictionaryObject({pdf_name("/Certs"): ArrayObject([store])})
    writer.update_root()


@updated("a changed object in a stream of objects")
def _in_stream(writer, _target):
    stream = writer.prepare_object_stream()
    page = DictionaryObject(dict(page_of(writer)))
    page[pdf_name("/Rotate")] = NumberObject(180)
    writer.add_object(page, obj_stream=stream)
    kids = writer.root["/Pages"]["/Kids"]
    kids[0] = writer.add_object(page)
    writer.update_container(kids)


@attack("a second signature, by a stranger")
def _second(target: Target) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(target.sealed))
    described = signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256")
    out = BytesIO()
    _sign_over(writer, described, target.stranger, out)
    return out.getvalue()


@attack("a second signature, by the bureau's own key")
def _second_of_ours(target: Target) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(target.sealed))
    out = BytesIO()
    _sign_over(writer, signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256"), target.key, out)
    return out.getvalue()


def _sign_over(writer, described, key: SealKey, out: BytesIO) -> None:
    """Sign although the document allows no change: whoever attacks does not ask."""
    del writer.root["/Perms"]
    writer.update_root()
    signer = signers.PdfSigner(described, key.signer)
    signer._enforce_certification_constraints = lambda _reader: None  # type: ignore[method-assign]
    making.in_a_thread(signer.sign_pdf, writer, output=out, bytes_reserved=8192)


# written anew
def written(change: Callable[[pypdf.PdfWriter], None]) -> Callable[[bytes], bytes]:
    def made(sealed: bytes) -> bytes:
        writer = pypdf.PdfWriter(clone_from=BytesIO(sealed))
        change(writer)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    return made


def _copied(sealed: bytes) -> bytes:
    out = BytesIO()
    copy_into_new_writer(PdfFileReader(BytesIO(sealed))).write(out)
    return out.getvalue()


def _pages_only(sealed: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(BytesIO(sealed)).pages:
        writer.add_page(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _turned(writer: pypdf.PdfWriter) -> None:
    writer.pages[0].rotate(90)


simple("saved again", written(lambda writer: None))
simple("saved again and compressed", written(lambda writer: [one.compress_content_streams() for one in writer.pages]))
simple("a page turned", written(_turned))
simple("encrypted", written(lambda writer: writer.encrypt("", "owner", algorithm="RC4-128")))
simple("an attachment, and saved again", written(lambda writer: writer.add_attachment("a.txt", b"a")))
simple("copied object by object", _copied)
simple("printed to a new file, without the seal", _pages_only)
simple("saved as an update", _pypdf_update)


# sealed by the wrong key, or by the right one in another way
attack("sealed by a stranger")(lambda target: _sealed(target, target.stranger))
attack("sealed with a certificate that had expired")(lambda target: _sealed(target, target.expired))
attack("sealed with a certificate that was not good yet")(lambda target: _sealed(target, target.early))
attack("sealed in a time to come")(
    lambda target: making.seal(target.unsigned, target.evidence, stated=stated(target, days=30), key=target.key)
)
attack("a number that is none")(lambda target: _sealed(target, target.key, number="<b>1</b>"))
attack("unsigned bytes that are fewer than it says")(lambda target: _sealed(target, target.key, more=7))
attack("another hash of the unsigned bytes")(lambda target: _sealed(target, target.key, sha256="00" * 32))


def stated(target: Target, *, number: str = "XY-2026-0001", days: int = 0, more: int = 0, sha256: str = ""):
    moment = (machine_now() + timedelta(days=days)).replace(microsecond=0)
    digest = sha256 or making.sha256_of(target.unsigned)
    return making.Stated(number, ("吴某某",), moment, len(target.unsigned) + more, digest)


def _sealed(target: Target, key: SealKey, **terms: object) -> bytes:
    return making.seal(target.unsigned, target.evidence, stated=stated(target, **terms), key=key)


def insider(
    name: str,
    prepare: Callable[[IncrementalPdfFileWriter], None] | None = None,
    spec: fields.SigFieldSpec | None = None,
    **described: object,
) -> None:
    """A file that the bureau's own key seals in another way than the product does."""

    def made(target: Target) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(target.unsigned))
        if prepare:
            prepare(writer)
        writer.root[pdf_name("/PieceInfo")] = making.piece_of(stated(target))
        writer.update_root()
        asked = {
            "field_name": making.FIELD,
            "md_algorithm": "sha256",
            "certify": True,
            "docmdp_permissions": MDPPerm.NO_CHANGES,
            "subfilter": SigSeedSubFilter.PADES,
            "reason": "XY-2026-0001",
            **described,
        }
        out = BytesIO()
        signer = signers.PdfSigner(signers.PdfSignatureMetadata(**asked), target.key.signer, new_field_spec=spec)
        making.in_a_thread(
            signer.sign_pdf, writer, output=out, bytes_reserved=container.room_for(target.key.chain, None)
        )
        return out.getvalue()

    attack(name)(made)


def _script_into(writer: IncrementalPdfFileWriter) -> None:
    script = {"/S": pdf_name("/JavaScript"), "/JS": pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = DictionaryObject({pdf_name(name): one for name, one in script.items()})


def _attach_into(writer: IncrementalPdfFileWriter) -> None:
    file = embed.EmbeddedFileObject.from_file_data(writer, b"another agreement")
    embed.embed_file(writer, embed.FileSpec("agreement.pdf", embedded_data=file))


def _overlay_into(writer: IncrementalPdfFileWriter) -> None:
    annotated(writer, Subtype=pdf_name("/FreeText"), Contents=pdf_string("收费一百元"))


def _second_field_into(writer: IncrementalPdfFileWriter) -> None:
    fields.append_signature_field(writer, fields.SigFieldSpec("Other"))


insider("sealed by us with changes of forms allowed", docmdp_permissions=MDPPerm.FILL_FORMS)
insider("sealed by us with notes allowed", docmdp_permissions=MDPPerm.ANNOTATE)
insider("sealed by us without certifying", certify=False)
insider("sealed by us in the old kind of container", subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
insider("sealed by us with another digest", md_algorithm="sha512")
insider("sealed by us in another field", field_name="Other")
insider("sealed by us with another number beside it", reason="XY-2026-0002")
insider("sealed by us with a seal that is shown", spec=fields.SigFieldSpec(making.FIELD, box=(10, 10, 200, 100)))
insider("sealed by us with a script in it", prepare=_script_into)
insider("sealed by us with an attachment in it", prepare=_attach_into)
insider("sealed by us with a note over the text", prepare=_overlay_into)
insider("sealed by us with a second field", prepare=_second_field_into)


@attack("sealed by us over three revisions")
def _three(target: Target) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(target.unsigned))
    writer.set_info(DictionaryObject({pdf_name("/Title"): pdf_string("x")}))
    twice = BytesIO()
    writer.write(twice)
    return making.seal(twice.getvalue(), target.evidence, stated=stated(target), key=target.key)
