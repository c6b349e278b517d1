"""Digital signatures: signed here with a certificate authority of our own, then read, tampered with and read again."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from reportlab.pdfgen.canvas import Canvas

from corpus.render.fonts import registered
from models.document import Document, Line, Page, Word, assemble
from models.errors import UnreadableInput
from models.extraction import extract_fields
from models.extraction.evidence import cited_days, planned_days, received_days, weigh
from models.letter import DigitalSignature, TextOrigin, Zone
from models.pipeline import extract
from models.reading.options import ReadOptions
from models.reading.signatures import has_signatures, read_signatures

BODY = "Sở Nội vụ tỉnh Phú Điền"
DAY = datetime.datetime(2024, 5, 14, 9, 30, tzinfo=datetime.UTC)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tỉnh Phú Điền"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(common: str, key: rsa.RSAPrivateKey, issuer: str, signing: rsa.RSAPrivateKey, authority: bool) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(4711 if authority else 4712)
        .not_valid_before(DAY - datetime.timedelta(days=365))
        .not_valid_after(DAY + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    return builder.sign(signing, hashes.SHA256())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A root, a certificate of the body under it, and a root that signed nothing."""
    folder = tmp_path_factory.mktemp("ca")
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = _certificate("Gốc thử nghiệm", root_key, "Gốc thử nghiệm", root_key, True)
    leaf = _certificate(BODY, key, "Gốc thử nghiệm", root_key, False)
    other = _certificate("Gốc khác", key, "Gốc khác", key, True)
    paths = {}
    for name, certificate in (("root", root), ("leaf", leaf), ("other", other)):
        paths[name] = folder / f"{name}.pem"
        paths[name].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths["key"] = folder / "key.bin"
    paths["key"].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _sign(data: bytes, authority: dict[str, Path], field: str = "ChuKy1") -> bytes:
    signer = signers.SimpleSigner.load(str(authority["key"]), str(authority["leaf"]), ca_chain_files=(str(authority["root"]),))
    assert signer is not None
    out = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=field, reason="Phát hành", location="Phú Điền"),
        signer=signer,
        new_field_spec=SigFieldSpec(field),
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
    return out.getvalue()


def text_pdf(lines: list[str]) -> bytes:
    """A typed page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont(registered("serif", "regular"), 13)
    for at, line in enumerate(lines):
        canvas.drawString(70, 780 - 24 * at, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


LETTER = [
    "SỞ NỘI VỤ TỈNH PHÚ ĐIỀN", "Số: 45/SNV-CCVC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
    "Phú Điền, ngày 14 tháng 5 năm 2024", "Kính gửi: Các phòng chuyên môn", "Sở Nội vụ đề nghị các phòng gửi báo cáo trước ngày 20/5/2024.",
]  # fmt: skip


@pytest.fixture(scope="module")
def signed(authority: dict[str, Path]) -> bytes:
    return _sign(text_pdf(LETTER), authority)


def test_signature_is_read_and_whole(signed: bytes) -> None:
    found, warnings = read_signatures(signed)
    assert [f.signer for f in found] == [BODY]
    one = found[0]
    assert (one.organization, one.authority, one.reason, one.location) == ("Tỉnh Phú Điền", "Gốc thử nghiệm", "Phát hành", "Phú Điền")
    assert one.integrity is True
    assert one.covers_file is True
    assert one.trusted is None, "no roots were given, so nothing can be said"
    assert one.time is not None
    assert one.time_source == "signer"
    assert warnings == []


@pytest.mark.parametrize(("root", "trusted"), [("root", True), ("other", False)])
def test_chain_against_given_roots(signed: bytes, authority: dict[str, Path], root: str, trusted: bool) -> None:
    found, _ = read_signatures(signed, trust_roots=(str(authority[root]),))
    assert found[0].trusted is trusted
    assert found[0].integrity is True


def test_folder_of_roots(signed: bytes, authority: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(authority["root"].read_bytes())
    (tmp_path / "notes.txt").write_text("not a certificate")
    assert read_signatures(signed, trust_roots=(str(tmp_path),))[0][0].trusted is True


def test_root_that_is_no_certificate(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("hello")
    with pytest.raises(UnreadableInput, match=r"bad\.pem"):
        read_signatures(signed, trust_roots=(str(tmp_path / "bad.pem"),))


def test_tampered_file_is_told(signed: bytes) -> None:
    at = signed.index(b"%PDF") + 9
    changed = bytearray(signed)
    # A byte of a content stream within the signed range, not of the file's structure.
    stream = signed.index(b"stream", at)
    position = signed.index(b"stream", stream + 6) - 12 if signed.count(b"stream") > 1 else stream + 20
    changed[position] ^= 1
    found, warnings = read_signatures(bytes(changed))
    assert [f.integrity for f in found] == [False]
    assert [w.code for w in warnings] == ["signature_broken"]


def test_second_signature_keeps_the_first_whole(signed: bytes, authority: dict[str, Path]) -> None:
    found, _ = read_signatures(_sign(signed, authority, "ChuKy2"))
    assert [f.field for f in found] == ["ChuKy1", "ChuKy2"]
    assert [f.integrity for f in found] == [True, True]
    assert [f.covers_file for f in found] == [False, True]
    assert found[0].later_changes == "form_filling"


def test_extraction_has_signatures_and_what_they_confirm(signed: bytes) -> None:
    letter = extract(signed, "thu.pdf")
    assert letter.issuer is not None
    assert [s.signer for s in letter.signatures] == [BODY]
    assert "issuer" in letter.signatures[0].agrees_with
    assert letter.to_dict()["signatures"][0]["integrity"] is True


def test_files_without_signatures_cost_nothing() -> None:
    plain = text_pdf(LETTER)
    assert not has_signatures(plain)
    assert read_signatures(plain) == ([], [])
    assert extract(plain, "thu.pdf").signatures == []


def test_broken_structure_gives_a_warning_not_an_error() -> None:
    found, warnings = read_signatures(b"%PDF-1.7 /ByteRange [0 1 2 3] nonsense")
    assert found == []
    assert [w.code for w in warnings] == ["signatures_not_read"]


def test_roots_travel_from_the_setting(monkeypatch: pytest.MonkeyPatch, authority: dict[str, Path], tmp_path: Path, signed: bytes) -> None:
    from service.batch import BatchOptions, extract_file

    monkeypatch.setenv("CONGVAN_TRUST_ROOTS", str(authority["root"]))
    (tmp_path / "a.pdf").write_bytes(signed)
    assert extract_file(str(tmp_path / "a.pdf"), None, BatchOptions())["signatures"][0]["trusted"] is True
    assert ReadOptions().trust_roots == ()


# --- evidence for what was written by hand --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "signed_on", "expected"),
    [
        ([("23", 0.6), ("3", 0.2)], [("8", 0.99)], "2020-08-03", "2020-08-03"),  # read after the signature: impossible
        ([("31", 0.5), ("21", 0.4)], [("7", 0.99)], "2020-08-03", "2020-07-31"),  # Friday's letter signed on Monday
        ([("5", 0.9), ("6", 0.05)], [("3", 0.99)], None, "2020-03-05"),
        ([("30", 0.6), ("20", 0.3)], [("2", 0.99)], None, "2020-02-20"),  # there is no 30 February
        ([("5", 0.98)], [("3", 0.99)], "2020-03-20", "2020-03-05"),  # sure of its reading, signed late
    ],
)
def test_handwritten_date_is_weighed_against_the_signature(
    day: list[tuple[str, float]], month: list[tuple[str, float]], signed_on: str | None, expected: str
) -> None:
    guess = weigh(day, month, 2020, signed_on)
    assert guess is not None
    assert guess.date == expected
    assert 0 < guess.probability <= 1


def test_letter_is_no_older_than_what_it_cites() -> None:
    day, month = [("5", 0.6), ("25", 0.35)], [("3", 0.99)]
    guess = weigh(day, month, 2020, None, "2020-03-11")
    assert guess is not None
    assert guess.date == "2020-03-25"
    text = "Căn cứ Quyết định số 15/QĐ-UBND ngày 11 tháng 3 năm 2020 và Công văn số 7/SNV-TC ngày 2/3/2020; hạn ngày 30/3/2020"
    assert cited_days(assemble([Page(1, 1, 1, lines=[Line(text)])])) == ["2020-03-02", "2020-03-11"]


def _dated(options: list[tuple[str, float]], signatures: list[DigitalSignature]) -> Document:
    words = [Word(w) for w in ("Phú", "Điền,", "ngày", "23", "tháng", "8", "năm", "2020")]
    words[3].options = options
    page = Page(1, 595, 842, lines=[Line(" ".join(w.text for w in words), words=words)])
    document = assemble([page])
    document.signatures = signatures
    return document


def test_field_of_a_handwritten_day_follows_the_signature() -> None:
    document = _dated([("23", 0.6), ("3", 0.25)], [DigitalSignature(signer=BODY, time="2020-08-03T11:49:00+07:00", integrity=True)])
    fields = extract_fields(document, [Zone.PLACE_DATE])
    assert fields.date is not None
    assert fields.date.value == "2020-08-03"
    assert fields.date.confidence > 0.5
    assert "date" in document.signatures[0].agrees_with


def test_printed_date_stands_and_the_contradiction_is_told() -> None:
    document = _dated([], [DigitalSignature(signer=BODY, time="2020-08-03T11:49:00+07:00", integrity=True)])
    fields = extract_fields(document, [Zone.PLACE_DATE])
    assert fields.date is not None
    assert fields.date.value == "2020-08-23"
    assert "date_after_signature" in [w.code for w in fields.warnings]


@pytest.mark.parametrize(
    ("came", "date"),
    [
        (None, "2020-03-17"),
        ("2020-03-12", "2020-03-11"),  # a letter does not come in before it was written
        ("2020-03-19", "2020-03-17"),
        ("2020-11-02", "2020-03-17"),  # a stamp that says nothing near either day was misread
    ],
)
def test_handwritten_day_is_weighed_against_the_stamp_of_receipt(came: str | None, date: str) -> None:
    guess = weigh([("17", 0.6), ("11", 0.4)], [("3", 0.97)], 2020, None, None, came)
    assert guess is not None
    assert guess.date == date


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Số: 123 Ngày: 15/6/2020", ["2020-06-15"]),
        ("ĐẾN Ngày: 05 - 7", ["2020-07-05"]),
        ("Ngày 5/13", []),
        ("Ngày ký: 15/06/2020", []),
        ("Chuyển: Phòng TC", []),
    ],
)
def test_days_in_a_stamp_of_receipt(text: str, days: list[str]) -> None:
    stamp = Line(text, role="overlay")
    assert received_days(assemble([Page(1, 595, 842)], media_type="application/pdf", overlays=[stamp]), 2020) == days


def test_a_plan_is_no_younger_than_what_it_plans() -> None:
    month = [("5", 0.64), ("3", 0.35)]
    guess = weigh([("26", 0.99)], month, 2020, None, None, None, "2020-03-30")
    assert guess is not None
    assert guess.date == "2020-03-26"
    head = [Line(text) for text in ("KẾ HOẠCH", "Tập huấn nghiệp vụ")]
    body = [Line(f"Dòng {number}") for number in range(16)]
    body += [Line("Thời gian: 30/3/2020; theo Công văn số 7/SNV-TC ngày 02/9/2020"), Line("kết thúc ngày 2 tháng 4 năm 2020")]
    assert planned_days(assemble([Page(1, 1, 1, lines=[*head, *body])])) == ["2020-03-30", "2020-04-02"]
    assert planned_days(assemble([Page(1, 1, 1, lines=[Line("BÁO CÁO"), *body])])) == []


@pytest.mark.parametrize(
    ("appendix", "number"),
    [
        ("(Kèm theo Quyết định số 39/QĐ-UBND ngày 4/8/2020 của UBND huyện)", "39"),
        ("(Kèm theo Quyết định số 77/QĐ-UBND ngày 4/8/2020 của UBND huyện)", "34"),  # nothing like it was read
        ("Căn cứ Quyết định số 39/QĐ-UBND ngày 4/8/2019 của UBND huyện", "34"),  # another letter's
        ("(Kèm theo Công văn số 39/SNV-CC)", "34"),
    ],
)
def test_handwritten_number_is_what_the_appendix_repeats(appendix: str, number: str) -> None:
    words = [Word(w) for w in ("Số:", "34", "/QĐ-UBND")]
    words[1].options = [("34", 0.7), ("39", 0.2)]
    lines = [Line("Số: 34 /QĐ-UBND", words=words, origin=TextOrigin.OCR), Line(appendix)]
    document = assemble([Page(1, 595, 842, lines=lines)])
    fields = extract_fields(document, [Zone.DOCUMENT_NUMBER, Zone.APPENDIX])
    assert fields.number is not None
    assert fields.identifier is not None
    assert (fields.number.value, fields.identifier.value) == (number, f"{number}/QĐ-UBND")
