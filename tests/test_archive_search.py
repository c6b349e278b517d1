"""Search: the query language, what it finds, and an index that stays in step with its store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.pipeline import ExtractOptions, extract
from models.reading import read
from service.archive.errors import InvalidCursor, InvalidFilter, InvalidQuery, NotFound, SearchBusy
from service.archive.search.compile import understand
from service.archive.search.engine import FACETS
from service.archive.search.fields import FIELDS, parse_days
from service.archive.search.highlight import add_boxes
from service.archive.search.index import SearchIndex
from service.archive.search.numbers import number_key
from service.archive.search.syntax import All, parse
from service.archive.search.vocabulary import syllables
from service.archive.search.words import analyse, folded
from service.archive.store import Store
from service.settings import Settings
from tests.postgres import postgresql, store

__all__ = ["postgresql", "store"]
GUIDE = Path("service/archive/search/QUERY.md")

LETTERS = {
    "ke-hoach": """ỦY BAN NHÂN DÂN            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH HẬU GIANG                 Độc lập - Tự do - Hạnh phúc

Số: 45/KH-UBND                Hậu Giang, ngày 05 tháng 01 năm 2024

KẾ HOẠCH
Công tác phòng, chống thiên tai năm 2024

Thực hiện Chỉ thị số 168-CT/TU ngày 02 tháng 02 năm 2023 của Tỉnh ủy, Ủy ban nhân dân tỉnh xây dựng Kế hoạch công tác:
1. Sở Nông nghiệp và Phát triển nông thôn báo cáo kết quả trước ngày 20 tháng 6 năm 2024.
2. Sở Tài chính bố trí kinh phí mua thuỷ lực kế.

Nơi nhận:                                TM. ỦY BAN NHÂN DÂN
- Như trên;                              CHỦ TỊCH
- Lưu: VT.
                                         Nguyễn Văn Hoà
""",
    "cong-van": """SỞ NỘI VỤ            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH BẮC GIANG                 Độc lập - Tự do - Hạnh phúc

Số: 45/SNV-TCBC                Bắc Giang, ngày 10 tháng 5 năm 2023
V/v rà soát biên chế sự nghiệp

Kính gửi: Phòng Nội vụ các huyện.

Sở Nội vụ đề nghị UBND các huyện rà soát đất đai và biên chế, thực hiện Kế hoạch số 45/KH-UBND ngày 05 tháng 01 năm 2024.

Nơi nhận:                                GIÁM ĐỐC
- Như trên;
- Lưu: VT.
                                         Trần Thị Bình
""",
    "thong-bao": """BAN TUYÊN GIÁO TỈNH ỦY            ĐẢNG CỘNG SẢN VIỆT NAM
                *
Số 12-TB/BTGTU                Lào Cai, ngày 01 tháng 3 năm 2022

THÔNG BÁO
kết quả tuyên truyền bầu cử

Ban Tuyên giáo Tỉnh ủy thông báo kết quả tuyên truyền, biểu dương các đơn vị; ban bí thư huyện đoàn bán báo.

Nơi nhận:                                TRƯỞNG BAN
- Lưu: VT.
                                         Lê Văn Cường
""",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchIndex, dict[str, str], Store]]:
    store = Store.open(tmp_path_factory.mktemp("archive"))
    ids = {}
    for name, text in LETTERS.items():
        sha = store.add_file(text.encode())
        ids[store.put_extraction(sha, extract(text.encode(), f"{name}.txt"), filename=f"{name}.txt")] = name
    index = SearchIndex.open(store)
    assert index.update(store) == 3
    yield index, ids, store
    store.close()


@pytest.mark.parametrize(("query", "first", "others"), [
    ("kế hoạch công tác", "ke-hoach", ()),
    ("ke hoach cong tac", "ke-hoach", ()),
    ("KE HOACH CONG TAC", "ke-hoach", ()),
    ("dat dai", "cong-van", ()),
    ("thủy lực", "ke-hoach", ()),
    ("thuỷ lực", "ke-hoach", ()),
    ("nguyen van hòa", "ke-hoach", ()),
    ("UBND rà soát", "cong-van", ()),
    ("ubnd ra soat", "cong-van", ()),
    ("ủy ban nhân dân rà soát", "cong-van", ()),
    ("BTGTU biểu dương", "thong-bao", ()),
    ("45/KH-UBND", "ke-hoach", ("cong-van",)),
    ("45 KH UBND", "ke-hoach", ("cong-van",)),
    ("kế hoạch 45 kh ubnd", "ke-hoach", ("cong-van",)),
    ("045/kh/ubnd", "ke-hoach", ("cong-van",)),
    ("168-CT/TU", "ke-hoach", ()),
    ("số 12", "thong-bao", ()),
    ("20/6/2024", "ke-hoach", ()),
    ("ngày 20 tháng 6 năm 2024", "ke-hoach", ()),
    ("bao cao truoc 20.6.2024", "ke-hoach", ()),
    ('"phòng, chống thiên tai"', "ke-hoach", ()),
    ('"bán báo"', "thong-bao", ()),
    ('"ban bao"', "thong-bao", ()),
    ('"ban bi thu huyen"', "thong-bao", ()),
    ('"tuyen bau"~2', "thong-bao", ()),
    ("thiem~ tai", "ke-hoach", ()),
    ("tuyen* bau*", "thong-bao", ()),
    ("so:45/KH-UBND", "ke-hoach", ()),
    ("dan:45/KH-UBND", "cong-van", ()),
    ("loai:KH", "ke-hoach", ()),
    ('loai:"kế hoạch"', "ke-hoach", ()),
    ('loại:"ke hoach"', "ke-hoach", ()),
    ('cq:"Sở Nội vụ"', "cong-van", ()),
    ('tinh:"Cần Thơ"', "ke-hoach", ()),
    ('tinh:"Hậu Giang"', "ke-hoach", ()),
    ('tinh:"bac ninh"', "cong-van", ()),
    ("nam:2023", "cong-van", ()),
    ("nam:2022..2023 tuyên truyền", "thong-bao", ()),
    ("tu:2023-06-01", "ke-hoach", ()),
    ("den:31/12/2022", "thong-bao", ()),
    ("ngay:5/2023", "cong-van", ()),
    ("han:20/6/2024", "ke-hoach", ()),
    ("han:2024-06..2024-07", "ke-hoach", ()),
    ("viec:bao_cao", "ke-hoach", ()),
    ('giao:"Sở Tài chính"', "ke-hoach", ()),
    ('gui:"Phòng Nội vụ"', "cong-van", ()),
    ('ky:"Trần Thị Bình"', "cong-van", ()),
    ('trichyeu:"biên chế"', "cong-van", ()),
    ("bầu cử OR thiên -thiên", "thong-bao", ()),
    ("kết quả -loai:TB", "ke-hoach", ()),
    ("(đất OR rừng) biên chế", "cong-van", ()),
])  # fmt: skip
def test_what_a_query_finds(archive: tuple[SearchIndex, dict[str, str], Store], query: str, first: str, others: tuple[str, ...]) -> None:
    index, ids, _ = archive
    found = index.search(query)
    assert [ids[hit.id] for hit in found.hits if hit.complete] == [first, *others]
    assert found.hits[0].complete  # what only nearly fits comes after what fits
    assert found.total == 1 + len(others)


@pytest.mark.parametrize(("query", "first"), [("phòng chống thiên tài hạn hán", "ke-hoach"), ("tuyen truyem bau cu", "thong-bao"), ("biên chê sự nghiep y tế", "cong-van")])
def test_nearly(archive: tuple[SearchIndex, dict[str, str], Store], query: str, first: str) -> None:
    index, ids, _ = archive
    found = index.search(query)
    assert found.widened
    assert not found.hits[0].complete
    assert ids[found.hits[0].id] == first


def test_marks_come_first(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, ids, _ = archive
    assert ids[index.search("ban", sort="-date").hits[0].id] == "ke-hoach"
    assert ids[index.search("bán").hits[0].id] == "thong-bao"


@pytest.mark.parametrize(("query", "at", "says"), [
    ('"kế hoạch', 0, "quotation mark"), ("(a b", 0, "not closed"), ("a b)", 3, "closing bracket"), ("a OR", 2, "both sides"), ("OR a", 0, "both sides"), ("nguoiki:An", 0, "nguoiky:"),
    ("a loai:", 2, "no value"), ("nam:abc", 0, "no date"), ("ngay:31/2/2024", 0, "no date"), ("han:2025..2024", 0, "ends before"), ("loai:xyzw", 0, "no value of type"),
    ("khan:hoa_tot", 0, "hoa_toc"), ("viec:bao_cai", 0, "bao_cao"), ("a*", 0, "two letters"), ("x -", None, ""), ("NOT", 0, "NOT"), ("a " * 70, 128, "64"), ("(" * 20 + "a", 13, "deep"), ("x" * 2000, 1000, "characters"),
])  # fmt: skip
def test_errors_say_what_where_and_what_to_do(query: str, at: int | None, says: str) -> None:
    if at is None:
        parse(query)
        return
    with pytest.raises(InvalidQuery) as error:
        parse(query)
    assert error.value.position == at
    assert says in error.value.message + error.value.remedy
    assert error.value.remedy


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.text(alphabet='ab đ"():*~-/.5ORloai:KHnam2024..', max_size=40))
def test_any_query_is_answered_or_explained(archive: tuple[SearchIndex, dict[str, str], Store], text: str) -> None:
    index, _, _ = archive
    with suppress(InvalidQuery):  # any other exception fails; what it says is tested above
        index.search(text, facets=("type", "year"))


@given(st.text(max_size=60))
def test_analysis_takes_any_text(text: str) -> None:
    exact, flat = analyse(text)
    assert len(exact) == len(flat)
    assert folded(" ".join(flat)) == [word for word in flat if word] or any(not w.isalnum() for w in flat)


def test_empty_query_lists_the_newest(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, ids, _ = archive
    assert parse("  ") == All(())
    assert [ids[hit.id] for hit in index.search("").hits] == ["ke-hoach", "cong-van", "thong-bao"]
    assert [ids[hit.id] for hit in index.search("", sort="date").hits] == ["thong-bao", "cong-van", "ke-hoach"]


def test_facets_and_filters(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, ids, _ = archive
    found = index.search("", facets=FACETS)
    assert set(found.facets) == set(FACETS)
    assert {v["value"]: v["count"] for v in found.facets["year"]} == {2022: 1, 2023: 1, 2024: 1}
    assert {v["value"] for v in found.facets["province"]} == {"Cần Thơ", "Bắc Ninh", "Lào Cai"}
    assert {v["value"] for v in found.facets["province_old"]} == {"Hậu Giang", "Bắc Giang", "Lào Cai"}
    assert [ids[h.id] for h in index.search("", filters={"year": ["2022", "2023"], "type": ["TB"]}).hits] == ["thong-bao"]
    for bad in ({"colour": ["red"]}, {"year": ["MMXX"]}):
        with pytest.raises(InvalidFilter):
            index.search("", filters=bad)
    with pytest.raises(InvalidFilter):
        index.search("", facets=("colour",))
    with pytest.raises(InvalidFilter):
        index.search("", sort="name")


def test_pages_follow_each_other(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, _, _ = archive
    seen, cursor = [], None
    while True:
        found = index.search("", limit=1, cursor=cursor)
        seen += [hit.id for hit in found.hits]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 3
    first = index.search("", limit=1).next_cursor
    for bad in ("!", "bm8", first and first[:-3]):
        with pytest.raises(InvalidCursor):
            index.search("", cursor=bad)
    with pytest.raises(InvalidCursor):
        index.search("", cursor=first, sort="date")


def test_fragments_show_where(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, _, store = archive
    hit = index.search("thiên tai").hits[0]
    part = hit.fragments[0]
    text = store.get_letter(hit.id).data["text"]
    assert text[part["span"][0] : part["span"][1]] == part["text"]
    assert "thiên tai" in [part["text"][a:b] for a, b in part["marks"]]
    assert part["page"] == 1
    assert index.search("nam:2024").hits[0].fragments == []


def test_fragments_of_a_pdf_have_page_and_box(store: Store) -> None:
    data = Path("corpus/samples/letter-typed.pdf").read_bytes()
    letter = extract(data, "letter-typed.pdf")
    store.put_extraction(store.add_file(data), letter, filename="letter-typed.pdf")
    index = SearchIndex.open(store)
    index.update(store)
    assert letter.subject
    part = index.search(letter.subject.value).hits[0].fragments[0]
    place = next(s for s in letter.segments if s.span[0] <= part["span"][0] + part["marks"][0][0] < s.span[1])
    assert (part["page"], len(part["box"])) == (place.page, 4)
    assert part["box"] == [round(v, 1) for v in place.box or ()]


def test_the_words_found_have_boxes(store: Store) -> None:
    """As the PDF has them: read anew, each box is that of the marked words."""
    data = Path("corpus/samples/letter-typed.pdf").read_bytes()
    store.put_extraction(store.add_file(data), extract(data, "a.pdf", options=ExtractOptions(lines=True)), filename="a.pdf")
    index = SearchIndex.open(store)
    index.update(store)
    lines = [line for page in read(data, "a.pdf").pages for line in page.lines]
    line = next(line for line in lines if len(line.words) > 8 and all(word.box for word in line.words))
    wanted = line.words[3:5]
    part = next(p for p in index.search(f'"{wanted[0].text} {wanted[1].text}"').hits[0].fragments if any(p["span"][0] + m[0] == wanted[0].span[0] for m in p["marks"]))
    assert len(part["boxes"]) == len(part["marks"])
    found = part["boxes"][next(n for n, m in enumerate(part["marks"]) if part["span"][0] + m[0] == wanted[0].span[0])]
    assert found["page"] == line.page
    assert wanted[0].box
    assert wanted[1].box
    assert line.box
    assert found["box"] == pytest.approx([wanted[0].box[0], line.box[1], wanted[1].box[2], line.box[3]], abs=0.51)


@pytest.mark.parametrize(("mark", "edges", "boxes"), [
    ((4, 8), [[10, 20, 25, 40, 45, 60], [5, 15, 20, 30]], [(1, [25, 100, 40, 110])]),  # one word of the first line
    ((9, 17), [[10, 20, 25, 40, 45, 60], [5, 15, 20, 30]], [(1, [45, 100, 60, 110]), (2, [5, 50, 15, 60])]),  # over the end of a line, and of a page
    ((4, 8), [[10, 20], [5, 15, 20, 30]], [(1, [9, 100, 61, 110])]),  # the words of the line have no places
])
def test_boxes_of_marks(mark: tuple[int, int], edges: list[list[int]], boxes: list[tuple[int, list[int]]]) -> None:
    text = "một việc hai\nviệc ba"
    parts = [{"span": [0, 20], "marks": [list(mark)], "boxes": []}]
    add_boxes(parts, text, [[1, 0, 12, 9, 100, 61, 110, edges[0]], [2, 13, 20, 4, 50, 31, 60, edges[1]]])
    assert [(b["page"], b["box"]) for b in parts[0]["boxes"]] == boxes


def test_two_processes_write_one_after_the_other(store: Store) -> None:
    first, second = SearchIndex.open(store), SearchIndex.open(store)
    text = LETTERS["cong-van"].encode()
    store.put_extraction(store.add_file(text), extract(text, "a.txt"))
    with first.writer(), pytest.raises(SearchBusy) as error:
        second.update(store)
    assert error.value.retryable
    assert [first.catch_up(store), second.catch_up(store)] == [1, 0]


def test_suggestions(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, _, _ = archive
    assert ("issuer", "Sở Nội vụ tỉnh Bắc Giang") in [(s.kind, s.text) for s in index.suggest("so noi")]
    assert [s.text for s in index.suggest("45/kh")] == ["45/KH-UBND"]
    assert any("biên chế" in s.text for s in index.suggest("bien ch"))
    assert index.suggest("x") == []
    for one in index.suggest("so noi"):
        assert index.search(one.query).total >= 1


def test_letters_like_this(archive: tuple[SearchIndex, dict[str, str], Store]) -> None:
    index, ids, _ = archive
    id = next(k for k, v in ids.items() if v == "cong-van")
    assert id not in [hit.id for hit in index.similar(id)]
    with pytest.raises(NotFound):
        index.similar("0" * 24)


def test_the_index_follows_the_store(store: Store) -> None:
    index, other = SearchIndex.open(store), SearchIndex.open(store)
    ids = []
    for text in LETTERS.values():
        ids.append(store.put_extraction(store.add_file(text.encode()), extract(text.encode(), "a.txt")))
    assert index.update(store) == 3
    assert index.update(store) == 0
    assert other.size == 3  # another process sees the commit
    store.correct_field(ids[0], "subject", "Đề án chuyển đổi số", "chi.lan")
    store.delete_letter(ids[1])
    assert other.update(store) == 2
    assert [h.id for h in index.search("trichyeu:\"chuyển đổi số\"").hits] == [ids[0]]
    assert index.search("rà soát biên chế").total == 0 or ids[1] not in [h.id for h in index.search("rà soát biên chế").hits]
    assert index.seq == store.last_change()
    assert index.remembers_deleted
    # files of the index still hold the deleted letter's words; nothing offers them
    assert index.suggest("45/snv") == []
    assert "Sở Nội vụ tỉnh Bắc Giang" not in [one.text for one in index.suggest("so noi")]
    assert "binh" not in syllables(index.searcher(), 0)
    assert index.rebuild(store) == 2
    assert not index.remembers_deleted
    assert (index.size, index.seq) == (2, store.last_change())
    # an index of another version of congvan is not read: it is made anew
    (store.directory / "index" / "congvan.json").write_text('{"made_with": "0-old"}')
    fresh = SearchIndex.open(store)
    assert fresh.size == 0
    fresh.update(store)
    assert fresh.size == 2


def test_letters_under_a_secrecy_mark_are_kept_out_where_so_set(store: Store) -> None:
    secret = LETTERS["cong-van"].replace("V/v rà soát", "MẬT\nV/v rà soát").encode()
    for data in (secret, LETTERS["ke-hoach"].encode()):
        store.put_extraction(store.add_file(data), extract(data, "a.txt"))
    for setting, count in (("flag", 2), ("no_search", 1), ("refuse", 1)):
        index = SearchIndex.open(store, Settings(secret_letters=setting))  # type: ignore[arg-type]
        index.update(store)
        assert index.size == count
        assert index.search('cq:"Sở Nội vụ"').total == count - 1
        assert index.rebuild(store) == count


def test_a_write_that_was_cut_off_leaves_the_last_commit(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    index = SearchIndex.open(store)
    text = LETTERS["cong-van"].encode()
    id = store.put_extraction(store.add_file(text), extract(text, "a.txt"))

    def cut_off() -> None:
        with index.writer() as writer:
            writer.add_json('{"id": ["x"], "kind": ["letter"]}')
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        cut_off()
    assert (index.size, index.seq) == (0, 0)
    index.update(store)
    assert [h.id for h in index.search("").hits] == [id]
    store.close()


@pytest.mark.parametrize(("text", "key"), [("168-KH/TU", "168 kh tu"), ("0168 kh tu", "168 kh tu"), ("12/2024/QĐ-UBND", "12 2024 qd ubnd"), ("168–KH/TU", "168 kh tu")])
def test_number_keys(text: str, key: str) -> None:
    assert number_key(text) == key


@pytest.mark.parametrize(("text", "days"), [
    ("2024", (20240101, 20241231)), ("2024-02", (20240201, 20240231)), ("6/2024", (20240601, 20240631)), ("20/6/2024", (20240620, 20240620)), ("2023..", (20230101, None)),
    ("..2023", (None, 20231231)), ("today..+7d", (20241225, 20250101)), ("-1w", (20241218, 20241218)), ("homnay", (20241225, 20241225)), ("31/2/2024", None), ("..", None), ("x", None), ("13/2024", None),
])  # fmt: skip
def test_days(text: str, days: tuple[int | None, int | None] | None) -> None:
    assert parse_days(text, date(2024, 12, 25)) == days


def test_the_guide_names_every_field() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    rows = ["| field | also | finds | example |", "| --- | --- | --- | --- |"]
    rows += [f"| `{f.name}:` | {', '.join(f'`{a}:`' for a in f.aliases)} | {f.meaning} | `{f.example}` |" for f in FIELDS]
    before, rest = text.split("is set -->\n", 1)
    written = before + "is set -->\n" + "\n".join(rows) + "\n" + rest[rest.index("<!-- /fields -->") :]
    if os.environ.get("CONGVAN_WRITE_DOCS"):
        GUIDE.write_text(written, encoding="utf-8")
    assert GUIDE.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_every_example_of_the_guide_works(archive: tuple[SearchIndex, dict[str, str], Store], field: object) -> None:
    index, _, _ = archive
    example = field.example  # type: ignore[attr-defined]
    understand(parse(example))
    index.search(example)


def test_search_over_http(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from service.app import create_app

    app = create_app(Settings(data=tmp_path, workers=1, auth="off"))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        store: Store = app.state.store
        text = LETTERS["ke-hoach"].encode()
        id = store.put_extraction(store.add_file(text), extract(text, "ke-hoach.txt"), filename="ke-hoach.txt")
        app.state.index.catch_up(store)
        found = client.get("/v1/search", params={"q": "thien tai", "facets": "type,year", "year": ["2023", "2024"]}).json()
        assert [hit["id"] for hit in found["hits"]] == [id]
        assert found["facets"] == {"type": [{"value": "KH", "count": 1}], "year": [{"value": 2024, "count": 1}]}
        assert found["hits"][0]["letter"]["subject"]
        assert found["hits"][0]["fragments"][0]["page"] == 1
        wrong = client.get("/v1/search", params={"q": 'loai:KH "thiên'})
        assert (wrong.status_code, wrong.json()["code"], wrong.headers["content-type"]) == (400, "invalid_query", "application/problem+json")
        assert "character 9" in wrong.json()["title"] + wrong.json()["detail"]
        assert client.get("/v1/search", params={"facets": "colour"}).status_code == 400
        assert client.get("/v1/search", params={"sort": "name"}).status_code == 422
        assert [one["text"] for one in client.get("/v1/search/suggest", params={"q": "45/kh"}).json()["items"]] == ["45/KH-UBND"]
        assert client.get(f"/v1/letters/{id}/similar").json() == {"items": []}
        assert client.get("/v1/letters/000/similar").status_code == 404
