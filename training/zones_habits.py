"""Habits of real letters that the corpus has too few of: put into the text of a training letter before it is read.

"(Đã ký)" over the name, a note under the list of recipients, type and subject in one line, a head that a copy lost, page
numbers between the lines, footnotes at the end, what a recogniser makes of seal and signature. Each keeps the words of the letter, so that its lines are still found in it; what is added is
furniture.
"""

from __future__ import annotations

from random import Random

from corpus.model import AnnotatedLetter
from models.letter import Zone

SIGNED = ("(Đã ký)", "(đã ký)", "Đã ký", "(Đã ký và đóng dấu)", "(đã ký tên, đóng dấu)", "(ĐÃ KÝ)", "(Ký tên, đóng dấu)", "[daky]", "Ký bởi:", "(signed)")
NOTES = ("(Đính kèm danh sách)", "(Gửi kèm biểu mẫu)", "(Đính kèm {})", "(Có danh sách kèm theo)", "(Kèm theo {})", "Gửi: bản giấy và điện tử", "file: {}.doc", "D:\\{}.doc", "Người soạn thảo:", "In 25 bản")
SPECKS = "AUTHÔNGtrừệyọiwv.,'|/\\-~_°»“*1ld"
HEAD = (Zone.NATIONAL_TITLE, Zone.ISSUER, Zone.PARENT_BODY)


def with_habits(letter: AnnotatedLetter, text: str, rng: Random) -> str:
    """``text``, which was made of ``letter``, with one habit or some; often none."""
    lines = text.split("\n")
    if rng.random() < 0.25:
        lines = _headless(letter, lines)
    if rng.random() < 0.3:
        lines = _joined_title(letter, lines, rng)
    if rng.random() < 0.35:
        lines = _before(letter, Zone.SIGNER_NAME, lines, rng.choice(SIGNED))
    if rng.random() < 0.15:
        lines = _after(letter, Zone.ARCHIVE_NOTE, lines, rng.choice(NOTES).format(rng.choice(("CV", "KH 12", "tờ trình số 5", "QD-2011", "03"))))
    if rng.random() < 0.15:
        lines = _page_numbers(lines, rng)
    if rng.random() < 0.3:
        lines = _specks(letter, lines, rng)
    if rng.random() < 0.12:
        lines = _footnotes(letter, lines, rng)
    return "\n".join(lines)


def _texts(letter: AnnotatedLetter, *zones: Zone) -> list[str]:
    return [line.text.strip() for zone in zones for block in letter.zones(zone) for line in block.lines]


def _place(lines: list[str], wanted: str) -> int:
    """The last line that is the wanted one, or -1."""
    return next((i for i in range(len(lines) - 1, -1, -1) if lines[i].strip() == wanted), -1)


def _before(letter: AnnotatedLetter, zone: Zone, lines: list[str], added: str) -> list[str]:
    wanted = _texts(letter, zone)
    at = _place(lines, wanted[0]) if wanted else -1
    return lines if at < 0 else [*lines[:at], added, *lines[at:]]


def _after(letter: AnnotatedLetter, zone: Zone, lines: list[str], added: str) -> list[str]:
    wanted = _texts(letter, zone)
    at = _place(lines, wanted[-1]) if wanted else -1
    return lines if at < 0 else [*lines[:at + 1], added, *lines[at + 1:]]


def _headless(letter: AnnotatedLetter, lines: list[str]) -> list[str]:
    gone = set(_texts(letter, *HEAD))
    return [line for i, line in enumerate(lines) if i > 14 or line.strip() not in gone]


def _joined_title(letter: AnnotatedLetter, lines: list[str], rng: Random) -> list[str]:
    """"KẾ HOẠCH" / "Thực hiện …" as one line: in capitals all through, or "Kế hoạch thực hiện …"."""
    kind, subject = _texts(letter, Zone.DOCUMENT_TYPE), _texts(letter, Zone.SUBJECT)
    at = _place(lines, kind[0]) if kind else -1
    if at < 0 or not subject or at + 1 >= len(lines) or lines[at + 1].strip() != subject[0]:
        return lines
    rest = subject[0]
    if rng.random() < 0.5:
        joined = f"{kind[0].capitalize()} {rest[:1].lower() if not rest.isupper() else rest[:1]}{rest[1:]}"
    else:
        joined = f"{kind[0]} {rest.upper() if rng.random() < 0.5 else rest}"
    return [*lines[:at], joined, *lines[at + 2:]]


def _specks(letter: AnnotatedLetter, lines: list[str], rng: Random) -> list[str]:
    """Letters that a recogniser sees in seal, signature and strokes: one to three short lines in the foot."""
    for zone in rng.sample((Zone.SIGNER_NAME, Zone.SIGNER_TITLE, Zone.ARCHIVE_NOTE), rng.randint(1, 2)):
        words = ["".join(rng.choice(SPECKS) for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 4))]
        lines = (_before if rng.random() < 0.7 else _after)(letter, zone, lines, " ".join(words))
    return lines


def _footnotes(letter: AnnotatedLetter, lines: list[str], rng: Random) -> list[str]:
    """Citations of the body as footnotes under everything."""
    cited = [letter.joined(m) for m in letter.mentions if any(b.zone in (Zone.BODY, Zone.TASK) and b.span[0] <= m.span[0] < b.span[1] for b in letter.blocks)]
    chosen = [text for text in cited if 30 < len(text) < 300]
    rng.shuffle(chosen)
    return [*lines, *(f"{rng.choice(('', '[', '('))}{i} {text}{rng.choice(('.', ';', ''))}" for i, text in enumerate(chosen[: rng.randint(1, 3)], start=1))]


def _page_numbers(lines: list[str], rng: Random) -> list[str]:
    form = rng.choice(("{}", "- {} -", "Trang {}", "{}/4", "Trang {}/3"))
    result: list[str] = []
    number = 2
    for i, line in enumerate(lines):
        if i and i % 24 == 0:
            result.append(form.format(number))
            number += 1
        result.append(line)
    return result
