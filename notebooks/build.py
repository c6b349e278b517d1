"""Write and execute the notebooks: python notebooks/build.py [NAME…]

Their cells stand here as plain text, so that a change is readable in a diff; the executed notebooks lie beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
NOTEBOOKS: dict[str, list[tuple[str, str]]] = {
    "01_a_letters_way": [
        ("md", "# A letter's way through the stages\n\nBytes → document → zones → fields → references → tasks, each stage on its own, on the typed sample letter."),
        ("code", "from pathlib import Path\nfrom models.reading import read\n\nsample = Path('../corpus/samples/letter-typed.pdf')\ndocument = read(sample.read_bytes(), sample.name)\nprint(len(document.pages), 'pages,', len(document.lines), 'lines,', document.text_origin)\nfor line in document.lines[:8]:\n    print(line.side, line.bold, [round(v) for v in line.box], line.text)"),
        ("md", "## Zones\nThe page with the box of every segment, one colour a zone."),
        ("code", "import io\nimport matplotlib.pyplot as plt\nimport pypdfium2\nfrom models.segmentation import segment\n\nfound = segment(document)\npage = pypdfium2.PdfDocument(sample)[0]\nimage = page.render(scale=1.6).to_numpy()\nzones = sorted({str(s.zone) for s in found.segments})\ncolours = {zone: plt.cm.tab20(i % 20) for i, zone in enumerate(zones)}\nfigure, axes = plt.subplots(figsize=(9, 12.5))\naxes.imshow(image)\nfor piece in found.segments:\n    if piece.page == 1 and piece.box:\n        x0, y0, x1, y1 = (v * 1.6 for v in piece.box)\n        axes.add_patch(plt.Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=colours[str(piece.zone)], linewidth=1.5))\n        axes.text(x1 + 2, y0 + 8, str(piece.zone), fontsize=6, color=colours[str(piece.zone)])\naxes.axis('off')\nplt.show()"),
        ("md", "## Fields\nEvery value with the words as they stand and its calibrated confidence."),
        ("code", "from models.pipeline import extract_path\n\nletter = extract_path(sample)\nfor name in ('document_type', 'identifier', 'date', 'place', 'issuer', 'parent_body', 'subject', 'archive_note'):\n    field = getattr(letter, name)\n    print(f'{name:14} {field.confidence:.2f}  {field.value!r}   <- {field.text!r}')"),
        ("md", "## References and how they hang together"),
        ("code", "for reference in letter.references:\n    print(reference.id, reference.type, reference.identifier, reference.date, reference.issuer, '|', reference.title, '|', reference.relation, reference.via or '')"),
        ("md", "## Tasks: who must do what by when"),
        ("code", "for task in letter.tasks:\n    who = ', '.join(a.value for a in task.assignees)\n    due = (task.deadline.date or task.deadline.text) if task.deadline else '-'\n    print(f\"{task.id} [{who}] due {due} {[str(t.label) for t in task.types]}\\n    {task.text}\")"),
    ],
    "02_the_corpus": [
        ("md", "# The corpus\n\nLetters written by hand for the project: how they are spread."),
        ("code", "from collections import Counter\nimport matplotlib.pyplot as plt\nfrom corpus.load import load\nfrom corpus.gold import to_gold\n\nletters = list(load('all'))\ngold = {letter.id: to_gold(letter) for letter in letters}\nprint(len(letters), 'letters,', sum(len(g['tasks']) for g in gold.values()), 'tasks,', sum(len(g['references']) for g in gold.values()), 'references')"),
        ("code", "figure, axes = plt.subplots(1, 3, figsize=(16, 5))\nfor ax, title, values in (\n    (axes[0], 'document type', Counter(l.header.type for l in letters)),\n    (axes[1], 'system', Counter(l.header.system for l in letters)),\n    (axes[2], 'decade', Counter((g['date'] or '????')[:3] + '0' for g in gold.values())),\n):\n    names, counts = zip(*(sorted(values.items()) if title == 'decade' else values.most_common(20)), strict=True)\n    ax.barh(names, counts)\n    ax.invert_yaxis()\n    ax.set_title(title)\nplt.tight_layout()\nplt.show()"),
        ("code", "labels = Counter(label for g in gold.values() for task in g['tasks'] for label in task['types'])\nfigure, axes = plt.subplots(1, 3, figsize=(16, 4))\naxes[0].barh(*zip(*labels.most_common(), strict=True))\naxes[0].invert_yaxis()\naxes[0].set_title('tasks by label')\naxes[1].hist([len(g['tasks']) for g in gold.values()], bins=range(0, 40))\naxes[1].set_title('tasks a letter')\naxes[2].hist([len(g['references']) for g in gold.values()], bins=range(0, 20))\naxes[2].set_title('references a letter')\nplt.tight_layout()\nplt.show()"),
    ],
    "03_training": [
        ("md", "# Task types, zones and confidence\n\nThe figures of `python -m training.task_types`, `python -m training.zones` and `python -m training.calibrate`, as stored beside the weights."),
        ("code", "import json\nfrom pathlib import Path\nimport matplotlib.pyplot as plt\n\nfigures = json.loads(Path('../models/weights/task_types/figures.json').read_text())\nfor name, sides in figures['held_out'].items():\n    for side in ('cross_validated', 'test'):\n        if side in sides:\n            row = sides[side]\n            print(f\"{name:48} {side:16} micro {row['micro_f1']:.3f}  macro {row['macro_f1']:.3f}  subset {row['subset_accuracy']:.3f}  ({row['tasks']} tasks)\")\ncurve = figures['learning_curve']\nfigure, axes = plt.subplots(1, 2, figsize=(13, 4))\naxes[0].plot([r['letters'] for r in curve], [r['micro_f1'] for r in curve], marker='o')\naxes[0].set_xlabel('training letters')\naxes[0].set_ylabel('micro F1')\naxes[0].set_title('what each 100 letters buy')\nby_label = next(row for name, row in figures['held_out'].items() if name.startswith('shipped'))['cross_validated']['by_label']\naxes[1].barh(list(by_label), list(by_label.values()))\naxes[1].invert_yaxis()\naxes[1].set_title('F1 by label')\nplt.tight_layout()\nplt.show()"),
        ("code", "zones = json.loads(Path('../models/weights/zones/figures.json').read_text())\nfor name, row in zones['models'].items():\n    print(f\"{name:46}\" + '  '.join(f\"{form} {figures['accuracy']:.3f}\" for form, figures in row.items()))\ncurve = zones['learning_curve']\nfigure, axes = plt.subplots(1, 2, figsize=(13, 4))\nfor form in [k for k in curve[0] if k != 'letters'] if curve else []:\n    axes[0].plot([r['letters'] for r in curve], [r[form] for r in curve], marker='o', label=form)\naxes[0].set_xlabel('training letters')\naxes[0].set_ylabel('lines right')\naxes[0].set_title('zones of lines')\naxes[0].legend()\naxes[1].barh(list(zones['zones']), list(zones['zones'].values()))\naxes[1].invert_yaxis()\naxes[1].set_title('F1 by zone')\nplt.tight_layout()\nplt.show()"),
        ("code", "confidence = json.loads(Path('../models/weights/confidence.json').read_text())['figures']['held_out']\nprint('expected calibration error', confidence['expected_calibration_error'], '| wrong when sure', confidence['wrong_when_sure'], 'at coverage', confidence['sure_coverage'])\nrows = confidence['table']\nplt.figure(figsize=(5, 5))\nplt.plot([0, 1], [0, 1], color='grey', linestyle=':')\nplt.scatter([r['said'] for r in rows], [r['right'] for r in rows], s=[20 + r['values'] ** 0.5 * 5 for r in rows])\nplt.xlabel('said')\nplt.ylabel('right')\nplt.title('reliability on letters kept apart')\nplt.show()"),
    ],
    "04_citation_graph": [
        ("md", "# The citation graph\n\nThe corpus as an archive: every letter is read from its plain text, its citations are matched to the letters at hand, and what is cited but not at hand stands as a stub."),
        ("code", "from dataclasses import dataclass\nfrom corpus.load import load\nfrom models.pipeline import extract\nfrom models.references.graph import build_graph\n\n\n@dataclass(frozen=True)\nclass Letter:\n    id: str\n    document_type: str | None\n    identifier: str | None\n    date: str | None\n    issuer: str | None\n    parent_body: str | None\n    place: str | None\n    subject: str | None\n    references: tuple\n\n\ndef value(field):\n    return field.value if field else None\n\n\nletters = []\nfor source in load('all'):\n    e = extract(source.text.encode(), source.id + '.txt')\n    letters.append(Letter(source.id, value(e.document_type), value(e.identifier), value(e.date), value(e.issuer), value(e.parent_body), value(e.place), value(e.subject), tuple(e.references)))\ngraph = build_graph(letters)\nstubs = sum(not n.stored for n in graph.nodes.values())\nprint(len(letters), 'letters,', stubs, 'documents cited but not at hand,', len(graph.edges), 'relations')"),
        ("md", "## What is most carried out, most rested on"),
        ("code", "from collections import Counter\n\nfor name, count in graph.most_carried_out(8):\n    print(count, 'letters carry out', graph.nodes[name].label)\nprint()\nplans = graph.most_carried_out(5, types=frozenset({'kế hoạch', 'chương trình', 'đề án'}))\nfor name, count in plans:\n    print(count, 'carry out the plan', graph.nodes[name].label)\nprint()\nbasis = Counter(e.target for e in graph.edges if str(e.relation) == 'can_cu')\nfor name, count in basis.most_common(8):\n    print(count, 'letters rest on', graph.nodes[name].label)"),
        ("code", "import matplotlib.pyplot as plt\n\nrelations = Counter(str(e.relation) for e in graph.edges)\nplt.figure(figsize=(8, 3))\nplt.barh(*zip(*relations.most_common(), strict=True))\nplt.gca().invert_yaxis()\nplt.title('relations in the graph')\nplt.show()"),
        ("md", "## What cannot be\n\nOfficial documents do not cite each other in a ring, nor one that is not yet written. Both are reported: a date is wrong, or a match."),
        ("code", "print('rings:', graph.cycles())\nwrong = graph.impossible_dates()\nprint(len(wrong), 'citations of a later day')\nfor one in wrong[:8]:\n    print(' ', graph.nodes[one.source].label, one.source_date, '->', graph.nodes[one.target].label, one.target_date)"),
        ("md", "## Chains of implementation\n\nFrom a letter to what it carries out or rests on, and what that carries out: the longest found."),
        ("code", "chains = [chain for letter in letters for chain in graph.chains(letter.id, limit=20)]\nfor chain in sorted(chains, key=lambda c: (-len(c), c))[:3]:\n    print('\\n  <- '.join(graph.nodes[name].label for name in chain))\n    print()"),
        ("md", "## A picture\n\nThe document that most letters carry out, with those letters. Dashed: cited, not at hand. `GET /v1/letters/{id}/graph?format=svg` draws the same of an archive."),
        ("code", "from IPython.display import SVG\nfrom models.references.drawing import to_svg\n\ncentre = graph.most_carried_out(1)[0][0]\nSVG(to_svg(graph.around(centre, steps=1), highlight=centre))"),
    ],
    "05_an_archive": [
        ("md", "# An archive, from a folder of letters to answers\n\n200 generated letters are written to a folder as DOCX and text, taken in by `congvan index`'s own run, and explored: by year and issuer, by search, along citations, by what is due."),
        ("code", "import tempfile\nfrom pathlib import Path\nfrom corpus.generate import generate\nfrom corpus.load import load\nfrom corpus.render.docx import to_docx\n\nroom = Path(tempfile.mkdtemp())\n(room / 'in').mkdir()\nfor number, made in enumerate(generate(list(load('all'))[::4], 200, seed=5)):\n    if number % 5:\n        (room / 'in' / f'{number:03}.txt').write_text(made.letter.text, encoding='utf-8')\n    else:\n        (room / 'in' / f'{number:03}.docx').write_bytes(to_docx(made.letter, number))\n(room / 'in' / 'cut-off.pdf').write_bytes(b'%PDF-1.7 ...')\nprint(len(list((room / 'in').iterdir())), 'files')"),
        ("md", "## Taking them in\nOn the command line: `congvan index FOLDER`. Run again, it reads nothing: every file is known by name, size and time."),
        ("code", "from service.archive.bulk.run import BulkRun\nfrom service.archive.bulk.sources import listing\nfrom service.archive.search.index import SearchIndex\nfrom service.archive.store import Store\nfrom service.settings import Settings\n\nstore = Store.open(room / 'archive')\nfor _ in range(2):\n    counts = BulkRun(store, Settings(), jobs=2).run(listing([str(room / 'in')])).counts\n    print(dict(counts))\nfor bad in store.list_quarantine():\n    print(Path(bad['filename']).name, '->', bad['error']['message'])\nindex = SearchIndex.open(store)\nprint(index.catch_up(store), 'letters in the search index;', store.count_similar(), 'pairs of near-duplicates')"),
        ("md", "## By year and issuer"),
        ("code", "import matplotlib.pyplot as plt\n\nfound = index.search('', facets=('year', 'issuer', 'type', 'level', 'province'), limit=0)\nfigure, axes = plt.subplots(1, 3, figsize=(16, 4.5))\nyears = sorted(found.facets['year'], key=lambda f: f['value'])\naxes[0].bar([f['value'] for f in years], [f['count'] for f in years])\naxes[0].set_title('letters a year')\nfor ax, name in ((axes[1], 'issuer'), (axes[2], 'type')):\n    rows = found.facets[name][:12]\n    ax.barh([str(f['value'])[:40] for f in rows], [f['count'] for f in rows])\n    ax.invert_yaxis()\n    ax.set_title(name)\nplt.tight_layout()\nplt.show()"),
        ("md", "## Searching\nWithout marks, by abbreviation, by number and date in any spelling. `~` marks letters that have only much of what was asked."),
        ("code", "def show(query, **options):\n    found = index.search(query, limit=3, **options)\n    print(f'{query!r}: {found.total} letters')\n    for hit in found.hits:\n        print('  ' if hit.complete else ' ~', hit.letter['identifier'], hit.letter['date'], hit.letter['issuer'], '|', (hit.letter['subject'] or '')[:70])\n        for part in hit.fragments[:1]:\n            text, shift = part['text'], 0\n            for start, end in part['marks']:\n                text = text[: start + shift] + '[' + text[start + shift : end + shift] + ']' + text[end + shift :]\n                shift += 2\n            print('      ', text.replace(chr(10), ' / ')[:150])\n\nletter = index.search('viec:bao_cao', sort='-date', limit=1).hits[0].letter\nshow('bao cao ket qua')\nshow('UBND tỉnh ban hành kế hoạch')\nshow(letter['identifier'].replace('/', ' ').replace('-', ' '))\nshow('viec:bao_cao -loai:CV', sort='-date')"),
        ("md", "## Letters like one"),
        ("code", "first = index.search('kế hoạch phòng chống', limit=1).hits[0]\nprint(first.letter['subject'])\nfor other in index.similar(first.id, 4):\n    print(f'{other.score:.2f}', other.letter['date'], other.letter['issuer'], '|', (other.letter['subject'] or '')[:70])"),
        ("md", "## The citation graph\nWhich documents the archive's letters cite most, and which of them it holds."),
        ("code", "from collections import Counter\n\ncited = index.search('', facets=('cites',), limit=0).facets['cites'][:10]\nfor row in cited:\n    held = index.search('so:' + chr(34) + row['value'] + chr(34), limit=0).total\n    print(row['count'], 'letters cite', row['value'].upper(), '(held)' if held else '')"),
        ("code", "from sqlalchemy import text\n\nwith store.engine.connect() as connection:\n    relations = Counter(dict(connection.execute(text('SELECT relation, count(*) FROM letter_references GROUP BY relation')).all()))\n    inside = connection.execute(text('SELECT count(*) FROM letter_references r JOIN letters l ON l.identifier_key = r.identifier_key AND l.date = r.date')).scalar()\nplt.figure(figsize=(8, 3))\nplt.barh(*zip(*relations.most_common(), strict=True))\nplt.gca().invert_yaxis()\nplt.title(f'{sum(relations.values())} citations by relation; {inside} of documents that the archive holds')\nplt.show()"),
        ("md", "## What is due"),
        ("code", "from service.archive.store import TaskFilters\n\ndue = [task for task in store.tasks(TaskFilters(status='open'), limit=1000).items if task.deadline]\nlast = max(task.deadline for task in due)[:4]\nfor task in [t for t in due if t.deadline >= last][:8]:\n    print(task.deadline, '|', ', '.join(task.assignees)[:40], '|', task.text[:80].replace(chr(10), ' '), '|', task.identifier)\nmonths = Counter(task.deadline[5:7] for task in due)\nplt.figure(figsize=(8, 2.5))\nplt.bar([str(m) for m in sorted(months)], [months[m] for m in sorted(months)])\nplt.title(f'{len(due)} tasks with a day, by month')\nplt.show()"),
        ("md", "## Is it whole?\n`congvan doctor --deep` hashes every file and compares the search index with the archive."),
        ("code", "import shutil\nfrom service.archive.checkup import checkup\n\nprint(checkup(store, deep=True) or 'no damage found')\nstore.close()\nshutil.rmtree(room)"),
    ],
}


def build(name: str) -> nbformat.NotebookNode:
    """The notebook of that name, its cells run one after another; raises where a cell fails."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.cells = [
        nbformat.v4.new_markdown_cell(text, id=f"cell-{i}") if kind == "md" else nbformat.v4.new_code_cell(text, id=f"cell-{i}")
        for i, (kind, text) in enumerate(NOTEBOOKS[name])
    ]
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


def main() -> None:
    """Build the named notebooks, or all."""
    for name in sys.argv[1:] or NOTEBOOKS:
        nbformat.write(build(name), HERE / f"{name}.ipynb")
        print(f"{name}.ipynb")


if __name__ == "__main__":
    main()
