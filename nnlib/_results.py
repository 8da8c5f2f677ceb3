"""Results: what came of a sweep, as rows, as arrays for pictures, as a table, and its best setting."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlib._records import Record
from nnlib.errors import describe, require_count

Row = dict[str, Any]


class Results:
    """The finished trials of a sweep, in the order of its space, whatever the order in which they ended.

    - ``rows``: a dict for each trial that succeeded: its parameters, ``repeat`` (0, 1, …) and its measures.
    - ``failures``: a dict for each that failed: its parameters, ``repeat``, and ``error`` in words.
    - ``parameters``, ``measures``: the names of both. ``seconds`` (rows,): how long each of the rows took.
    - ``missing``: how many trials are still to be done, if the sweep was interrupted.
    """

    def __init__(self, records: Sequence[Record], missing: int = 0) -> None:
        done = [record for record in records if "measures" in record]
        self.rows = [_row(record) | record["measures"] for record in done]
        self.failures = [
            _row(record) | {"error": "{type}: {message}".format(**record["error"])}
            for record in records
            if "error" in record
        ]
        self.seconds = np.array([record["seconds"] for record in done], dtype=float)
        self.parameters = _names([record["parameters"] for record in records])
        self.measures = _names([record["measures"] for record in done])
        self.missing = missing
        self._order = list(dict.fromkeys(_setting_of(record) for record in records))

    def column(self, name: str) -> np.ndarray:
        """Return a parameter or a measure of all rows as an array (rows,), NaN where a row has none.

        Raises ``ValueError`` that says which names there are.
        """
        known = [*self.parameters, "repeat", *self.measures]
        if name not in known:
            raise ValueError(f"Results.column got {name!r}: expected one of {', '.join(known)}")
        values = [row.get(name, math.nan) for row in self.rows]
        if any(isinstance(value, list) for value in values):
            return np.fromiter(values, object)  # lists stay lists, of one length or of many
        return np.array(values)

    def summary(self, measure: str | None = None) -> list[Row]:
        """Return a dict for each setting, in the order of the space, with ``measure`` over its repeats.

        Beside the parameters it has ``mean``, ``spread`` (the sample standard deviation; NaN with a single repeat),
        ``repeats`` (how many succeeded) and ``failed`` (how many did not). Without ``measure`` it is the first one.
        """
        measure = self._measure("summary", measure)
        return [one.summary(measure) for one in self._settings()]

    def best(self, measure: str | None = None, *, highest: bool = True) -> Row:
        """Return the parameters whose mean of ``measure`` over the repeats is highest, or lowest, as a dict.

        Settings of which a repeat failed or gave NaN do not count, for a mean of those that went well flatters.
        Of equal ones it is the first. Raises ``ValueError`` if none counts. Without ``measure`` it is the first one.
        """
        measure = self._measure("best", measure)
        first = self._sorted(measure, highest)[0]
        if not first.counts(measure):
            raise ValueError(
                f"Results.best found no setting whose trials all gave {measure}: see failures"
            )
        return dict(first.parameters)

    def table(
        self, measure: str | None = None, *, highest: bool = True, top: int | None = None
    ) -> str:
        """Return a line of text for each setting, best first by the mean of ``measure``: print it.

        Mean ± spread (the sample standard deviation over the repeats) of each measure, and what failed. ``top`` lines
        at most, all of them by default. Without ``measure`` it is the first one. Raises ``ValueError`` for a measure
        that there is not.
        """
        if not self.rows and self.failures and measure is None:
            measures: list[str] = []
            settings = self._settings()
        else:
            measure = self._measure("table", measure)
            measures = [measure, *(name for name in self.measures if name != measure)]
            settings = self._sorted(measure, highest)
        settings = settings[: None if top is None else require_count("Results.table", "top", top)]
        head = [*self.parameters, *measures, "repeats", "failed" if self.failures else ""]
        return _aligned([head, *(one.line(self.parameters, measures) for one in settings)])

    def _measure(self, who: str, measure: str | None) -> str:
        if not self.measures:
            first = f"; the first error: {self.failures[0]['error']}" if self.failures else ""
            raise ValueError(f"Results.{who} has no trial that succeeded{first}")
        if measure is None:
            return self.measures[0]
        if measure not in self.measures:
            what = repr(measure) if isinstance(measure, str) else describe(measure)
            raise ValueError(
                f"Results.{who} got the measure {what}: expected one of {', '.join(self.measures)}"
            )
        return measure

    def _settings(self) -> list["_Setting"]:
        found = {key: _Setting({}, [], []) for key in self._order}
        for place, rows in (("rows", self.rows), ("failures", self.failures)):
            for row in rows:
                one = found[_key(row, self.parameters)]
                one.parameters = {name: row[name] for name in self.parameters if name in row}
                getattr(one, place).append(row)
        return list(found.values())

    def _sorted(self, measure: str, highest: bool) -> list["_Setting"]:
        sign = -1 if highest else 1
        return sorted(
            self._settings(),
            key=lambda one: (
                (0, sign * one.mean(measure)) if one.counts(measure) else (1, len(one.failures))
            ),
        )

    def __repr__(self) -> str:
        words = [f"{len(self.rows)} trials of {len(self._order)} settings"]
        words += [f"{len(self.failures)} failed"] if self.failures else []
        words += [f"{self.missing} still to be done"] if self.missing else []
        return f"Results({', '.join(words)})"


@dataclass
class _Setting:
    """The repeats of one setting."""

    parameters: Row
    rows: list[Row]
    failures: list[Row]

    def values(self, measure: str) -> list[float]:
        return [row.get(measure, math.nan) for row in self.rows]

    def mean(self, measure: str) -> float:
        """The mean, NaN without any value; of infinities of both signs, too, without a warning."""
        with np.errstate(invalid="ignore"):
            return float(np.mean(self.values(measure))) if self.rows else math.nan

    def spread(self, measure: str) -> float:
        with np.errstate(invalid="ignore"):
            return float(np.std(self.values(measure), ddof=1)) if len(self.rows) > 1 else math.nan

    def counts(self, measure: str) -> bool:
        """Whether all went well."""
        return not self.failures and not math.isnan(self.mean(measure))

    def summary(self, measure: str) -> Row:
        return {
            **self.parameters,
            "mean": self.mean(measure),
            "spread": self.spread(measure),
            "repeats": len(self.rows),
            "failed": len(self.failures),
        }

    def line(self, parameters: Sequence[str], measures: Sequence[str]) -> list[str]:
        kinds = sorted({row["error"].split(":")[0] for row in self.failures})
        return [
            *(_cell(self.parameters.get(name, "")) for name in parameters),
            *(self.cell(measure) for measure in measures),
            str(len(self.rows)),
            f"{len(self.failures)}: {', '.join(kinds)}" if kinds else "",
        ]

    def cell(self, measure: str) -> str:
        if not self.rows:
            return "–"
        several = len(self.rows) > 1
        spread = f" ± {self.spread(measure):.2g}" if several else ""
        return f"{self.mean(measure):.4g}{spread}"


def _row(record: Record) -> Row:
    # as it is read back: what was a tuple is a list
    parameters = json.loads(json.dumps(record["parameters"]))
    return {**parameters, "repeat": record["repeat"]}


def _setting_of(record: Record) -> str:
    return _key(record["parameters"], list(record["parameters"]))


def _key(row: Row, parameters: Sequence[str]) -> str:
    return json.dumps({name: row[name] for name in sorted(parameters) if name in row})


def _names(dicts: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for one in dicts for name in one))


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    """Return the lines as columns of text: the last to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = []
    for *cells, last in lines:
        right = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False)]
        texts.append("  ".join([*right, last]).rstrip())
    return "\n".join(texts)


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
