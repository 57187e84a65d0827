"""History judged in several processes, each with its own look at the store."""

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from importlib import resources
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from triage import __version__
from triage.adapters.files.playbooks import SUFFIXES
from triage.adapters.files.problems import InvalidFile
from triage.adapters.files.remembered import read_remembered, write_remembered
from triage.adapters.git.revision import same_repository, text_at, texts_at
from triage.adapters.storage.history import SqlHistory
from triage.adapters.storage.looking import look_at
from triage.domain.json import Record, canonical, digest
from triage.engine.backtest import Bench, Side, Tally, merged
from triage.engine.memory import Memories, Memory, side_name
from triage.judgement.score import Model
from triage.playbook.loader import Loaded, load
from triage.ports.history import History
from triage.remediations.vocabulary import VOCABULARY

STARTS: Final = "abcdefghijklmnopqrstuvwxyz234567"
"""What the id of a case begins with; each is an equal share of the cases."""
CASES_MIN: Final = 2000
"""With fewer cases, starting processes takes longer than they save."""

DECIDES: Final = (
    "domain",
    "engine",
    "intake",
    "judgement",
    "playbook",
    "questions",
    "remediations",
    "stages",
)
"""Packages that what a recorded decision comes to rests on."""

Tick = Callable[[int, int], object]
"""Hears how many of how many shares are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One side as another process can be told it: texts, what checking them found, a model."""

    files: Mapping[str, str]
    entries: Mapping[str, Record]
    model: Model | None = None

    @classmethod
    def of(cls, files: Mapping[str, str], loaded: Loaded, model: Model | None) -> "Written":
        return cls(files=dict(files), entries=dict(loaded.entries), model=model)

    def side(self) -> Side:
        loaded = load(self.files, VOCABULARY, self.entries)
        return Side(playbooks=loaded, model=self.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A whole backtest, in plain data. `place` is a file of SQLite or a URL of PostgreSQL.

    `memory` is a folder where what decisions came to is kept for the next backtest, if anywhere.
    """

    place: Path | str
    since: datetime
    base: Written
    head: Written
    whole: bool = False
    memory: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A bench, and the files of its memory: two a share, in a folder of each side."""

    bench: Bench
    folders: tuple[Path, Path] | None

    def share(self, since: datetime, start: str) -> Tally:
        """Judge the cases whose id begins so."""
        # All playbooks of both sides would be walked for garbage again and again.
        gc.freeze()
        try:
            return self._share(since, start)
        finally:
            gc.unfreeze()

    def _share(self, since: datetime, start: str) -> Tally:
        if self.folders is None:
            return self.bench.run(since, start)
        shelf = Shelf(folders=self.folders, file=f"{start}.json", history=self.bench.history)
        tally = self.bench.run(since, start, lambda: shelf.memories)
        shelf.put_back()
        return tally


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The files of one share, read when somebody asks for them."""

    folders: tuple[Path, Path]
    file: str
    history: History

    @cached_property
    def memories(self) -> Memories:
        base, head = (
            Memory.from_record(read_remembered(folder / self.file, folder.name))
            for folder in self.folders
        )
        # What is known of both sides counts, so one of them is enough.
        base.stored_in(self.history)
        return Memories(base=base, head=head)

    def put_back(self) -> None:
        """Write what was learnt."""
        if "memories" not in vars(self):
            return
        for folder, memory in zip(self.folders, self.memories.sides, strict=True):
            if memory.learnt:
                write_remembered(folder / self.file, folder.name, memory.as_record())


_desk: Desk | None = None


def backtest(job: Job, *, processes: int | None = None, tick: Tick = lambda *_: None) -> Tally:
    """Judge the history of a store. Raises whatever keeps it from being read."""
    with closing(look_at(job.place, whole=True)) as database:
        history = SqlHistory(database)
        many = processes or _processes(history.count(job.since))
        if many == 1:
            return merged(_here(_desk_of(job, history), job.since, tick))
    with ProcessPoolExecutor(many, get_context("spawn"), _prepare, (job,)) as pool:
        shares = [pool.submit(_share, job.since, start) for start in STARTS]
        for done, _ in enumerate(as_completed(shares), start=1):
            tick(done, len(STARTS))
        # In the order of the ids, so that the same history gives the same report.
        return merged(share.result() for share in shares)


def _processes(cases: int) -> int:
    return 1 if cases < CASES_MIN else min(len(os.sched_getaffinity(0)), len(STARTS))


def _here(desk: Desk, since: datetime, tick: Tick) -> Iterator[Tally]:
    for done, start in enumerate(STARTS, start=1):
        yield desk.share(since, start)
        tick(done, len(STARTS))


def _desk_of(job: Job, history: SqlHistory) -> Desk:
    bench = Bench(
        history=history,
        vocabulary=VOCABULARY,
        base=job.base.side(),
        head=job.head.side(),
        whole=job.whole,
    )
    return Desk(bench=bench, folders=folders_of(job.memory, bench) if job.memory else None)


def folders_of(memory: Path, bench: Bench) -> tuple[Path, Path]:
    """Make a folder for each side, named by all that its decisions rest on but their inputs.

    Raises InvalidFile.
    """
    code = deciding_code()
    base, head = (
        memory / side_name(side.playbooks.digest, asdict(side.model) if side.model else None, code)
        for side in (bench.base, bench.head)
    )
    try:
        for folder in (base, head):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidFile([f"{memory}: {error.strerror or error}"]) from error
    return base, head


def deciding_code() -> str:
    """Name the code that decides, by what it says: the same wherever it is installed."""
    root = Path(str(resources.files("triage")))
    found = {
        str(path.relative_to(root)): digest(path.read_bytes())
        for name in DECIDES
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    return digest(canonical([__version__, found]))


def _prepare(job: Job) -> None:
    global _desk  # noqa: PLW0603 - a process of the pool has one, made before its first share
    _desk = _desk_of(job, SqlHistory(look_at(job.place, whole=True)))


def _share(since: datetime, start: str) -> Tally:
    if _desk is None:
        raise RuntimeError("the process was not prepared")
    return _desk.share(since, start)


def playbooks_at(folder: Path, revision: str) -> Mapping[str, str]:
    """The playbooks of a folder at a revision. Raises NoRevision."""
    return texts_at(folder, revision, SUFFIXES)


def model_at(file: Path, revision: str, playbooks: Path) -> str | None:
    """A model's text at a revision of the playbooks' repository; None where it was not there.

    A model that is kept elsewhere did not change with the playbooks. Raises NoRevision.
    """
    folder = playbooks if playbooks.is_dir() else playbooks.parent
    return text_at(file, revision) if same_repository(file.parent, folder) else None
