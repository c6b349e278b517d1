"""Exports and imports: what goes out fits its form, and what comes back is what went out."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook
from typer.testing import CliRunner

from corpus import load
from models.pipeline import extract
from service.app import create_app
from service.archive.store import Store
from service.cli import app
from service.exports import edxml, flat, imports, metadata, package, registers, sheets
from service.exports.facts import FileContext, letter_facts
from service.exports.formats import FORMATS, ExportOptions, UnknownFormat, collected
from service.exports.lines import BadLine, from_lines
from service.exports.opensearch import index_definition, to_bulk
from service.exports.organs import is_organ_id, modern_organ_id, organ_id
from service.exports.records import LetterRecord, changed_since, from_store, of_letter
from service.settings import Settings

ANSWER = """BỘ NỘI VỤ            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                              Độc lập - Tự do - Hạnh phúc

Số: 4217/BNV-TCBC                Hà Nội, ngày 15 tháng 8 năm 2023
V/v biên chế của các trung tâm thuộc tỉnh

HỎA TỐC

Kính gửi: Ủy ban nhân dân tỉnh Quảng Ninh

Trả lời Công văn số 1503/UBND-NC ngày 20 tháng 7 năm 2023 của Ủy ban nhân dân tỉnh Quảng Ninh, Bộ Nội vụ có ý kiến như sau:
1. Đề nghị Ủy ban nhân dân tỉnh rà soát vị trí việc làm của từng trung tâm, báo cáo Bộ Nội vụ trước ngày 30 tháng 9 năm 2023.

Nơi nhận:                                TL. BỘ TRƯỞNG
- Như trên;                              VỤ TRƯỞNG VỤ TỔ CHỨC - BIÊN CHẾ
- Lưu: VT, TCBC.
                                         Lê Thị Hồng Vân
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(tmp_path_factory.mktemp("exchange") / "data")
    texts = [ANSWER] + [letter.text for letter, _ in zip(load("test"), range(12), strict=False)]
    for number, text in enumerate(texts):
        data = text.encode()
        sha = store.add_file(data, "text/plain")
        store.put_extraction(sha, extract(data, f"cv-{number}.txt"), filename=f"cv-{number}.txt")
    yield store
    store.close()


def answer(store: Store) -> LetterRecord:
    return next(r for r in from_store(store) if (r.data["identifier"] or {}).get("value") == "4217/BNV-TCBC")


CONTEXT = FileContext(organ_id="G09", archives_id="000.00.00.G09", fond_id="G09.12", catalog_year=2023, file_notation="05.TCBC", title="Hồ sơ về biên chế các trung tâm", maintenance="20 năm")


# --- ids of organisations ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("name", "date", "expected"), [
    ("Bộ Nội vụ", "2023-08-15", "G09"), ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH", "2023-01-01", "H49"), ("Hội đồng nhân dân tỉnh Quảng Ninh", "2023-01-01", "K49"),
    ("Ủy ban nhân dân tỉnh Kiên Giang", "2024-01-01", "H33"), ("Ủy ban nhân dân tỉnh An Giang", "2025-08-01", "H01"), ("Ủy ban nhân dân tỉnh Kiên Giang", "2025-08-01", None),
    ("Trường Tiểu học Hoa Sen", None, None), (None, None, None),
])
def test_organ_ids(name: str | None, date: str | None, expected: str | None) -> None:
    assert organ_id(name, date) == expected


@pytest.mark.parametrize(("old", "new"), [("000.01.32.H54", "H54.32.01"), ("000.00.00.H49", "H49"), ("H37.02.02", "H37.02.02"), ("words", "words")])
def test_old_ids_turn_into_new_ones(old: str, new: str) -> None:
    assert modern_organ_id(old) == new


@pytest.mark.parametrize(("value", "good"), [("000.00.00.H49", True), ("H26", True), ("H26.01.02", True), ("26.H", False), ("", False), ("H26." + "1" * 40, False)])
def test_which_ids_are_ids(value: str, good: bool) -> None:
    assert is_organ_id(value) is good


# --- every form ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_form_is_written_and_is_of_its_kind(archive: Store, name: str) -> None:
    written = collected(name, from_store(archive), ExportOptions(context=CONTEXT, data_of=archive.get_file, first_number=101))
    suffix = FORMATS[name].suffix
    if suffix == ".xlsx":
        sheet = load_workbook(io.BytesIO(written)).worksheets[0]
        assert sheet.max_row >= 13
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    elif suffix == ".zip":
        assert zipfile.ZipFile(io.BytesIO(written)).testzip() is None
    elif suffix == ".csv":
        assert written.startswith(b"\xef\xbb\xbf")
        assert written.count(b"\r\n") >= 13
    elif suffix in (".jsonl", ".ndjson"):
        assert all(json.loads(line) for line in written.decode().splitlines())
    elif suffix == ".json":
        assert json.loads(written)
    else:
        assert written.startswith(b"BEGIN:VCALENDAR")


def test_an_unknown_form_says_which_there_are(archive: Store) -> None:
    with pytest.raises(UnknownFormat) as caught:
        collected("dbase", from_store(archive))
    assert "jsonl" in caught.value.remedy


# --- JSON lines ----------------------------------------------------------------------------------------------------------

def test_json_lines_rebuild_an_archive_with_its_corrections(archive: Store, tmp_path: Path) -> None:
    id = answer(archive).id
    archive.correct_field(id, "subject", "về biên chế năm 2023", "chị Lan")
    files = tmp_path / "files"
    runner = CliRunner()
    done = runner.invoke(app, ["export", "--data", str(archive.directory), "--out", str(tmp_path / "all.jsonl"), "--files", str(files)])
    assert done.exit_code == 0, done.output
    other = tmp_path / "other"
    back = runner.invoke(app, ["import", str(tmp_path / "all.jsonl"), "--files", str(files), "--data", str(other)])
    assert back.exit_code == 0, back.output
    store = Store.open(other)
    originals, copies = {r.id: r for r in from_store(archive)}, {r.id: r for r in from_store(store)}
    assert {k: v.data for k, v in copies.items()} == {k: v.data for k, v in originals.items()}
    [correction] = copies[id].corrections
    assert (correction["value"], correction["who"]) == ("về biên chế năm 2023", "chị Lan")
    assert correction["machine_value"] == originals[id].corrections[0]["machine_value"]
    again = imports.import_file(store, tmp_path / "all.jsonl", who="import", files=files)
    assert (again.letters, again.corrections) == (13, 0)


def test_a_letter_without_its_file_is_refused_by_name(archive: Store, tmp_path: Path) -> None:
    store = Store.open(tmp_path / "empty")
    report = imports.import_lines(store, collected("jsonl", from_store(archive)).decode().splitlines(), who="import")
    assert report.letters == 0
    assert {r["code"] for r in report.refused} == {"bytes_missing"}


@pytest.mark.parametrize("line", ["{", "[]", "17", '{"id": "x"}', '{"extraction": {"schema_version": "9"}}', '{"schema_version": "1"}'])
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(BadLine, match="Line 2"):
        list(from_lines(["\n", line]))


# --- tables --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_corrected_sheet_becomes_corrections(archive: Store, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"letters.{suffix}"
    path.write_bytes(collected(suffix, from_store(archive)))
    assert imports.import_sheet(archive, path, who="anh Nam").corrections == 0
    rows = sheets.read_table(path, flat.COLUMNS)
    changed = next(row for row in rows if row["id"] == answer(archive).id)
    changed["signer.name"], changed["date"], changed["urgency"] = f"Người ký {suffix}", "2023-08-16" if suffix == "csv" else "2023-08-17", "Khẩn" if suffix == "csv" else "Thượng khẩn"
    path.write_bytes("".join(sheets.csv_lines(flat.COLUMNS, rows)).encode() if suffix == "csv" else sheets.xlsx_bytes(flat.COLUMNS, rows, sheet="Văn bản"))
    report = imports.import_sheet(archive, path, who="anh Nam")
    assert (report.corrections, report.refused) == (3, [])
    data = archive.get_letter(changed["id"]).data
    assert data["signer"]["name"]["value"] == f"Người ký {suffix}"
    assert data["urgency"]["value"] == ("khan" if suffix == "csv" else "thuong_khan")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_shielding_is_undone_and_leaves_no_formula(value: str) -> None:
    written = sheets.shielded(value)
    assert sheets.unshielded(written) == value
    assert not written.startswith(sheets.RISKY)


@pytest.mark.parametrize(("name", "content"), [("x.csv", b"a,b\n1,2\n"), ("x.xlsx", b"not a zip"), ("x.csv", b"\xff\xfe\x00"), ("x.txt", b"")])
def test_a_table_that_is_none_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(sheets.SheetError):
        sheets.read_table(tmp_path / name, flat.COLUMNS)


def test_registers_have_the_columns_of_the_decree(archive: Store) -> None:
    row = next(r for r in registers.incoming([answer(archive)], first_number=512))
    assert [c.heading for c in registers.INCOMING] == ["Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản",
                                                       "Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú"]
    assert (row["arrival_number"], row["author"], row["code"]) == ("512", "Bộ Nội vụ", "4217/BNV-TCBC")
    assert registers.arrival_day("2024-05-10T18:30:00+00:00") == "2024-05-11"  # half past one at night in Hanoi


# --- metadata ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["decree30_out", "decree30_in", "tt02_document", "tt05_document"])
def test_metadata_keep_type_and_length(archive: Store, name: str) -> None:
    for number, record in enumerate(from_store(archive), start=1):
        facts = letter_facts(record, CONTEXT, ordinal=number)
        row = metadata.to_row(name, facts)
        assert metadata.problems(name, row) == []
        back = metadata.to_facts(name, row)
        assert all(facts[key].startswith(value.rstrip("…")) for key, value in back.items())


@pytest.mark.parametrize(("row", "code"), [({"IssuedDate": "2024-05-01"}, "not_a_day"), ({"PageAmount": "two"}, "not_a_number"), ({"CodeNumber": "1" * 12}, "too_long"), ({"Colour": "x"}, "unknown_field")])
def test_what_breaks_a_metadata_set_is_named(row: dict[str, str], code: str) -> None:
    assert [p.code for p in metadata.problems("decree30_out", row)] == [code]


def test_required_metadata_are_asked_for() -> None:
    assert {p.field for p in metadata.problems("decree30_out", {}, require=True)} == {"FileCode.OrganId", "FileCode.FileCatalog", "FileCode.FileNotation"}


# --- edXML ---------------------------------------------------------------------------------------------------------------

def test_an_edxml_message_goes_out_and_comes_back(archive: Store, tmp_path: Path) -> None:
    record = LetterRecord(answer(archive).id, extract(ANSWER.encode(), "cv.txt").to_dict(), "cv.txt")
    message = edxml.to_edxml(record, [edxml.Attachment("cv.txt", "text/plain", ANSWER.encode())])
    found = edxml.from_edxml(message)
    assert {k: found.facts[k] for k in ("number", "notation", "issued_date", "issuer", "issuer_id", "subject", "priority", "signer_name", "document_id")} == {
        "number": "4217", "notation": "BNV-TCBC", "issued_date": "2023-08-15", "issuer": "Bộ Nội vụ", "issuer_id": "G09", "subject": "biên chế của các trung tâm thuộc tỉnh",
        "priority": "3", "signer_name": "Lê Thị Hồng Vân", "document_id": "G09,2023/08/15,4217/BNV-TCBC"}
    assert found.answers == ["1503/UBND-NC"]
    assert found.attachments == [edxml.Attachment("cv.txt", "text/plain", ANSWER.encode())]
    store = Store.open(tmp_path / "receiver")
    report = imports.import_edxml(store, message.replace(b"<edXML:CodeNumber>4217<", b"<edXML:CodeNumber>4218<"), who="G09")
    assert (report.letters, report.corrections, report.refused) == (1, 2, [])  # the number, and the identifier made of it
    [letter] = list(from_store(store))
    assert letter.data["number"]["value"] == "4218"


def test_every_element_of_the_envelope_has_its_prefix(archive: Store) -> None:
    record = answer(archive)
    message = edxml.to_edxml(record, [edxml.Attachment("cv.txt", "text/plain", b"x")]).decode()
    envelope = message[message.index("<edXML:edXMLEnvelope>") : message.index("</edXML:edXMLEnvelope>")]
    assert "<edXML:MessageHeader>" in envelope
    assert all(tag.startswith(("edXML:", "/edXML:")) for tag in (part.split(">")[0].split()[0] for part in envelope.split("<")[1:]))
    assert "<AttachmentEncoded><Attachment>" in message


def test_a_letter_that_lacks_what_the_regulation_demands_is_refused_by_name() -> None:
    record = LetterRecord("x", extract(ANSWER.replace("4217", "     ").encode(), "cv.txt").to_dict())
    with pytest.raises(edxml.BadEdxml, match="number"):
        edxml.to_edxml(record)


@pytest.mark.parametrize("message", [
    b"", b"<a/>", b"<edXML/>", b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]><edXML>&x;</edXML>',
    b'<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope/></edXML>',
])
def test_a_message_that_is_none_is_refused(message: bytes) -> None:
    with pytest.raises(edxml.BadEdxml):
        edxml.from_edxml(message)


def test_a_message_in_the_other_spelling_is_read_where_form_is_not_checked() -> None:
    message = """<edXML><EdXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H26</OrganId><OrganName>Sở Y tế</OrganName></From>
    <Code><CodeNumber>007</CodeNumber><CodeNotation>SYT-NVY</CodeNotation></Code></MessageHeader></edXMLHeader></EdXMLEnvelope></edXML>"""
    assert edxml.from_edxml(message.encode(), strict=False).facts["number"] == "007"


def test_an_attachment_cannot_leave_its_place_or_burst() -> None:
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.txt", b"\0" * (edxml.MAX_ATTACHMENT + 1))
    import base64

    def message(name: str, data: bytes) -> bytes:
        return (f"<edXML><AttachmentEncoded><Attachment><AttachmentName>{name}</AttachmentName><ContentTransferEncoded>{base64.b64encode(data).decode()}"
                "</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>").encode()

    [attachment] = edxml.from_edxml(message("..\\..\\etc/passwd", b"text"), strict=False).attachments
    assert attachment.name == "passwd"
    with pytest.raises(edxml.BadEdxml, match="unpacks"):
        edxml.from_edxml(message("a.txt", big.getvalue()), strict=False)


# --- packages ------------------------------------------------------------------------------------------------------------

def packed(store: Store, kind: str = "SIP") -> bytes:
    out = io.BytesIO()
    package.write_package(out, list(from_store(store)), store.get_file, CONTEXT, kind=kind, agency="Vụ Tổ chức - Biên chế")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["SIP", "AIP"])
def test_a_package_is_read_back_whole(archive: Store, kind: str) -> None:
    records = list(from_store(archive))
    found = package.read_package(io.BytesIO(packed(archive, kind)))
    assert found.kind == kind
    assert found.file_facts["file_title"] == CONTEXT.title
    assert found.file_facts["total_documents"] == str(len(records))
    assert [letter.sha256 for letter in found.letters] == [record.sha256 for record in records]
    for number, (letter, record) in enumerate(zip(found.letters, records, strict=True), start=1):
        facts = letter_facts(record, CONTEXT, ordinal=number)
        assert letter.facts.get("subject") == facts.get("subject")
        assert letter.facts["document_code"] == f"000.00.00.G09.G09.12.2023.05.TCBC.{number:07d}"


def test_a_package_validates_against_the_schemas_in_it(archive: Store) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(archive))) as found:
        root = found.namelist()[0].split("/")[0]
        assert root.startswith("urn_G09.12_uuid_")
        schema = etree.XMLSchema(etree.fromstring(found.read(f"{root}/schemas/EAD_doc.xsd")))
        schema.assertValid(etree.fromstring(found.read(f"{root}/representations/rep1/metadata/descriptive/EAD_doc_File1.xml")))
        premis = etree.fromstring(found.read(f"{root}/metadata/preservation/PREMIS.xml"))
        assert len(premis.findall(f"{{{package.PREMIS}}}object")) == 13


@pytest.mark.parametrize("kind", ["SIP", "AIP"])
def test_the_mets_of_a_package_keeps_the_schemas_of_mets_and_e_ark(archive: Store, kind: str) -> None:
    """METS 1.12 (Library of Congress), xlink and the CSIP/SIP extensions, as eark-validator (Apache-2.0) brings them."""
    from importlib.metadata import distribution

    place = Path(str(distribution("eark-validator").locate_file("eark_validator/ipxml/resources/schema")))
    schema = etree.XMLSchema(etree.parse(place / "mets.sip.local.v2-0.xsd"))
    with zipfile.ZipFile(io.BytesIO(packed(archive, kind))) as found:
        written = [found.read(name) for name in found.namelist() if name.endswith("METS.xml")]
    assert len(written) == 2
    for content in written:
        schema.assertValid(etree.fromstring(content))
        assert not schema.validate(etree.fromstring(content.replace(b"<structMap", b"<structureMap").replace(b"</structMap", b"</structureMap")))
        assert not schema.validate(etree.fromstring(content.replace(b'OAISPACKAGETYPE="', b'OAISPACKAGETYPE="X')))


def _altered(whole: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            changed = change(info.filename, old.read(info))
            if changed is not None:
                new.writestr(*changed)
    return out.getvalue()


@pytest.mark.parametrize(("what", "change"), [
    ("digest", lambda name, data: (name, data + b"x") if name.endswith("File3.txt") else (name, data)),
    ("missing", lambda name, data: None if name.endswith("File3.txt") else (name, data)),
    ("id", lambda name, data: (name.replace("urn_G09", "urn_G10"), data)),
    ("one folder", lambda name, data: ("elsewhere/x" if name.endswith("ead.xsd") else name, data)),
])
def test_a_damaged_package_is_refused(archive: Store, what: str, change: Any) -> None:
    with pytest.raises(package.BadPackage, match=what):
        package.read_package(io.BytesIO(_altered(packed(archive), change)))


def test_a_package_takes_its_letters_and_metadata_into_another_archive(archive: Store, tmp_path: Path) -> None:
    path = tmp_path / "sip.zip"
    path.write_bytes(packed(archive))
    store = Store.open(tmp_path / "received")
    report = imports.import_package(store, path, who="G09")
    assert (report.letters, report.refused) == (13, [])
    assert {r.sha256 for r in from_store(store)} == {r.sha256 for r in from_store(archive)}
    corrected = of_letter(store, answer(archive).id)
    assert corrected.data["subject"]["value"] == answer(archive).data["subject"]["value"]


# --- staying in step -----------------------------------------------------------------------------------------------------

def test_a_follower_stays_in_step(archive: Store, tmp_path: Path) -> None:
    store = Store.open(tmp_path / "leader")
    imports.import_lines(store, collected("jsonl", from_store(archive)).decode().splitlines(), who="x")
    for text in ("một", "hai"):
        data = ANSWER.replace("4217", text).encode()
        store.put_extraction(store.add_file(data), extract(data, f"{text}.txt"), filename=f"{text}.txt")
    records, cursor = changed_since(store, None)
    assert len(records) == 2
    store.delete_letter(records[0].id)
    store.correct_field(records[1].id, "place", "Huế", "ai đó")
    news, later = changed_since(store, cursor)
    assert [(r.id, r.deleted) for r in news] == [(records[0].id, True), (records[1].id, False)]
    assert changed_since(store, later) == ([], later)
    lines = [json.loads(line) for line in "".join(to_bulk(news)).splitlines()]
    assert lines[0] == {"delete": {"_index": "congvan", "_id": records[0].id}}
    assert lines[2]["place"] == "Huế"


def test_the_command_follows_by_a_cursor_file(archive: Store, tmp_path: Path) -> None:
    runner = CliRunner()
    arguments = ["export", "--data", str(archive.directory), "--cursor-file", str(tmp_path / "cursor"), "--out", str(tmp_path / "news.jsonl")]
    assert runner.invoke(app, arguments).exit_code == 0
    assert len((tmp_path / "news.jsonl").read_text().splitlines()) == 13
    assert runner.invoke(app, arguments).exit_code == 0
    assert (tmp_path / "news.jsonl").read_text() == ""


def test_every_field_of_an_opensearch_document_is_in_the_mapping(archive: Store) -> None:
    mapped = index_definition()["mappings"]["properties"]
    for line in list(to_bulk(from_store(archive))):
        assert set(json.loads(line.splitlines()[1])) == set(mapped)


# --- over HTTP -----------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def client(archive: Store) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data=archive.directory, auth="off", workers=1)), base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_service_answers_every_form(archive: Store, client: TestClient, name: str) -> None:
    answered = client.get("/v1/exports", params={"format": name, "fond": "G09.12", "organ_id": "G09"})
    assert answered.status_code == 200
    assert answered.headers["content-type"].split(";")[0] == FORMATS[name].media_type
    assert len(answered.content) > 100
    one = client.get(f"/v1/letters/{answer(archive).id}/exports", params={"format": name, "fond": "G09.12"})
    assert one.status_code == 200


@pytest.mark.parametrize(("path", "status", "code"), [
    ("/v1/exports?format=dbase", 400, "unknown_format"), ("/v1/exports?format=sip", 422, "bad_package"), ("/v1/letters/none/exports", 404, "not_found"),
    ("/v1/changes?since=nonsense", 400, "invalid_cursor"), ("/v1/changes?limit=0", 422, "invalid_request"), ("/v1/exports?from=yesterday", 422, "invalid_request"),
])
def test_what_cannot_be_exported_is_a_problem(client: TestClient, path: str, status: int, code: str) -> None:
    answered = client.get(path)
    assert (answered.status_code, answered.json()["code"]) == (status, code)


def test_the_feed_of_changes_goes_on_where_it_ended(client: TestClient) -> None:
    ids, cursor = [], ""
    while True:
        page = client.get("/v1/changes", params={"limit": 5, **({"since": cursor} if cursor else {})}).json()
        if not page["items"]:
            assert page["cursor"] == cursor
            break
        ids += [item["id"] for item in page["items"]]
        cursor = page["cursor"]
    assert len(set(ids)) == 13


# --- PDF/A ---------------------------------------------------------------------------------------------------------------

def test_a_picture_becomes_a_searchable_archival_pdf(tmp_path: Path) -> None:
    import re

    import pypdfium2
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1200, 300), 255)
    ImageDraw.Draw(image).text((60, 100), "Cộng hòa xã hội chủ nghĩa", fill=0, font=ImageFont.truetype("Tinos-Regular.ttf", 60))
    image.save(tmp_path / "page.png", dpi=(200, 200))
    done = CliRunner().invoke(app, ["pdfa", str(tmp_path / "page.png"), "--out", str(tmp_path / "page.pdf")])
    assert done.exit_code == 0, done.output
    with pypdfium2.PdfDocument(tmp_path / "page.pdf") as document:
        assert "Cộng hòa xã hội" in document[0].get_textpage().get_text_bounded()
    # the metadata that say PDF/A part 2 stand in it uncompressed, as the standard demands
    assert re.search(rb"pdfaid:part(?:>|=[\"'])2", (tmp_path / "page.pdf").read_bytes())


def test_what_is_no_picture_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"not a pdf")
    done = CliRunner().invoke(app, ["pdfa", str(tmp_path / "x.pdf"), "--out", str(tmp_path / "out.pdf")])
    assert done.exit_code == 1
    assert not (tmp_path / "out.pdf").exists()
