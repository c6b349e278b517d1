"""The citation graph of an archive: what cites what, chains of implementation, cycles, impossible dates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from models.letter import Reference, Relation
from models.references.matching import Match, Matcher, StoredLetter, canonical_key

UPWARD = frozenset({Relation.THUC_HIEN, Relation.CAN_CU, Relation.TRA_LOI, Relation.TIEP_THEO})
"""Relations by which a chain climbs from a letter to what it rests on."""


@dataclass(frozen=True)
class Node:
    """A document: a letter of the archive, or a stub that is only cited. Stub ids begin with ``stub:``."""

    id: str
    label: str
    type: str | None
    date: str | None
    stored: bool


@dataclass(frozen=True)
class Edge:
    """``source`` cites, carries out, amends … ``target``; ``asserted_by`` is the letter that says so."""

    source: str
    target: str
    relation: Relation
    asserted_by: str
    match: Match | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ImpossibleDate:
    """A letter that cites a document of a later day: one of the two dates is wrong, or the match is."""

    source: str
    target: str
    source_date: str
    target_date: str


class CitationGraph:
    """Documents and their relations. Build it with :func:`build_graph`."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self._out: dict[str, list[Edge]] = defaultdict(list)
        self._in: dict[str, list[Edge]] = defaultdict(list)
        self._seen: set[Edge] = set()

    def add_node(self, node: Node) -> None:
        """Take a document; a stored letter takes the place of a stub, a dated stub of an undated one."""
        old = self.nodes.get(node.id)
        if old is None or (node.stored and not old.stored) or (old.date is None and node.date and not old.stored):
            self.nodes[node.id] = node

    def add_edge(self, edge: Edge) -> None:
        """Take a relation once; a document never cites itself."""
        if edge.source == edge.target or edge in self._seen:
            return
        self._seen.add(edge)
        self.edges.append(edge)
        self._out[edge.source].append(edge)
        self._in[edge.target].append(edge)

    def cites(self, node_id: str) -> list[Edge]:
        """What a document cites."""
        return list(self._out[node_id]) if node_id in self._out else []

    def cited_by(self, node_id: str) -> list[Edge]:
        """What cites a document."""
        return list(self._in[node_id]) if node_id in self._in else []

    def chains(self, node_id: str, *, limit: int = 50, depth: int = 12) -> list[list[str]]:
        """Chains of implementation that begin at a document and climb: letter, plan, conclusion, law.

        At most ``limit`` chains of at most ``depth`` documents; a document stands in a chain once.
        """
        out: list[list[str]] = []
        stack: list[list[str]] = [[node_id]]
        while stack and len(out) < limit:
            path = stack.pop()
            above = {e.target for e in self._out.get(path[-1], ()) if e.relation in UPWARD and e.target not in path}
            if not above or len(path) >= depth:
                if len(path) > 1:
                    out.append(path)
                continue
            stack += [[*path, target] for target in sorted(above, reverse=True)]
        return out

    def most_carried_out(self, count: int = 10, *, types: frozenset[str] | None = None) -> list[tuple[str, int]]:
        """The documents that most others carry out, with how many."""
        carried: Counter[str] = Counter()
        for target in self._in:
            sources = {e.source for e in self._in[target] if e.relation is Relation.THUC_HIEN}
            if sources and (types is None or self.nodes[target].type in types):
                carried[target] = len(sources)
        return sorted(carried.items(), key=lambda item: (-item[1], item[0]))[:count]

    def cycles(self) -> list[list[str]]:
        """Groups of documents that cite each other in a ring, which official documents cannot; each sorted."""
        return [sorted(group) for group in _strong_components(self._out, self.nodes) if len(group) > 1]

    def impossible_dates(self) -> list[ImpossibleDate]:
        """Relations in which the citing document is older than the cited one."""
        out: list[ImpossibleDate] = []
        for e in self.edges:
            a, b = self.nodes[e.source].date, self.nodes[e.target].date
            if a and b and a < b:
                out.append(ImpossibleDate(e.source, e.target, a, b))
        return out

    def around(self, node_id: str, *, steps: int = 2, limit: int = 200) -> CitationGraph:
        """The part of the graph within ``steps`` relations of a document, at most ``limit`` documents."""
        chosen, edge = dict.fromkeys([node_id]), [node_id]
        for _ in range(steps):
            following: list[str] = []
            for at in edge:
                for e in (*self._out.get(at, ()), *self._in.get(at, ())):
                    other = e.target if e.source == at else e.source
                    if other not in chosen and len(chosen) < limit:
                        chosen[other] = None
                        following.append(other)
            edge = following
        part = CitationGraph()
        for name in chosen:
            if name in self.nodes:
                part.add_node(self.nodes[name])
        for name in part.nodes:
            for e in self._out.get(name, ()):
                if e.target in part.nodes:
                    part.add_edge(e)
        return part

    def to_dict(self) -> dict[str, Any]:
        """The graph as plain objects for JSON: nodes and edges."""
        return {
            "nodes": [
                {"id": n.id, "label": n.label, "type": n.type, "date": n.date, "stored": n.stored}
                for n in self.nodes.values()
            ],
            "edges": [
                {
                    "source": e.source,
                    "target": e.target,
                    "relation": str(e.relation),
                    "asserted_by": e.asserted_by,
                    "matched_by": e.match.how if e.match else None,
                    "confidence": e.match.confidence if e.match else None,
                }
                for e in self.edges
            ],
        }


def build_graph(letters: Iterable[StoredLetter]) -> CitationGraph:
    """The citation graph of an archive; what is cited but not stored becomes a stub, one a document."""
    stored = list(letters)
    matcher = Matcher(stored)
    graph = CitationGraph()
    for letter in stored:
        label = letter.identifier or letter.subject or letter.id
        graph.add_node(Node(letter.id, label, letter.document_type, letter.date, stored=True))
    for letter in stored:
        _add_letter(graph, matcher, letter)
    return graph


def _add_letter(graph: CitationGraph, matcher: Matcher, letter: StoredLetter) -> None:
    ends: dict[str, tuple[str, Match | None]] = {}
    for reference in letter.references:
        match = matcher.match(reference)
        if match is not None and match.letter_id != letter.id:
            ends[reference.id] = (match.letter_id, match)
            continue
        stub = f"stub:{canonical_key(reference)}"
        graph.add_node(Node(stub, _label(reference), reference.type, reference.date, stored=False))
        ends[reference.id] = (stub, None)
    for reference in letter.references:
        target, match = ends[reference.id]
        relation = Relation(reference.relation)
        if reference.via and reference.via in ends:
            carrier, _ = ends[reference.via]
            nested = Relation.THUC_HIEN if relation is Relation.DUOC_TRIEN_KHAI_BOI else relation
            graph.add_edge(Edge(carrier, target, nested, letter.id, match))
            graph.add_edge(Edge(letter.id, target, Relation.VIEN_DAN, letter.id, match))
        else:
            if relation is Relation.DUOC_TRIEN_KHAI_BOI:
                relation = Relation.VIEN_DAN
            graph.add_edge(Edge(letter.id, target, relation, letter.id, match))


def _label(reference: Reference) -> str:
    name = reference.identifier or reference.title or reference.date or ""
    year = f" {reference.year}" if reference.year and not reference.identifier else ""
    return f"{reference.type or 'văn bản'} {name}{year}".strip()


def _strong_components(out: dict[str, list[Edge]], nodes: Iterable[str]) -> Iterator[set[str]]:
    """Strongly connected components (Tarjan 1972), without recursion."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in nodes:
        if root in index:
            continue
        work: list[tuple[str, Iterator[Edge]]] = [(root, iter(out.get(root, ())))]
        index[root] = lowest[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            at, edges = work[-1]
            for e in edges:
                if e.target not in index:
                    index[e.target] = lowest[e.target] = len(index)
                    stack.append(e.target)
                    on_stack.add(e.target)
                    work.append((e.target, iter(out.get(e.target, ()))))
                    break
                if e.target in on_stack:
                    lowest[at] = min(lowest[at], index[e.target])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[at])
                if lowest[at] == index[at]:
                    group: set[str] = set()
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        group.add(member)
                        if member == at:
                            break
                    yield group
