"""merge and scd2 as SQL that embedded databases share: a staging table meets a target table.

The staging table has the columns `c0`, `c1` … in the order of the load, whatever they are called in the target; so no
name of a user's column can clash. Statements run in the order given, inside one transaction. Rows of the load that
share a key are told apart by `winners` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headwater.toolkit.identifiers import quote_identifier as quote

VALID_FROM, VALID_TO = "_hw_valid_from", "_hw_valid_to"


def names(items: Sequence[str], *, of: str = "") -> str:
    prefix = f"{of}." if of else ""
    return ", ".join(prefix + quote(item) for item in items)


def staged_names(count: int) -> tuple[str, ...]:
    return tuple(f"c{at}" for at in range(count))


@dataclass(frozen=True, slots=True)
class TableSql:
    """The statements for one load: `target`, `staging`, `winning` are quoted, `differs` is the null-safe `<>`.

    `columns` are the target's columns that the load writes, `key` and `cursor` are among them. `now` is a placeholder
    for the moment of the commit.
    """

    target: str
    staging: str
    winning: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    cursor: str | None
    differs: str
    now: str = "?"

    def staged(self, column: str) -> str:
        return f"c{self.columns.index(column)}"

    def null_keys(self) -> str:
        """How many staged rows have a NULL in each key column."""
        counts = ", ".join(f"count(*) - count({self.staged(column)})" for column in self.key)
        return f"SELECT {counts} FROM {self.staging}"

    def winners(self) -> str:
        """The query of one staged row per key: the highest cursor, then the last to come."""
        columns = ", ".join(staged_names(len(self.columns)))
        keys = ", ".join(self.staged(column) for column in self.key)
        newest = f"{self.staged(self.cursor)} DESC NULLS LAST, " if self.cursor else ""
        ranked = f"row_number() OVER (PARTITION BY {keys} ORDER BY {newest}rowid DESC) AS place"
        return f"SELECT {columns} FROM (SELECT {columns}, {ranked} FROM {self.staging}) WHERE place = 1"

    def append(self) -> str:
        columns = ", ".join(staged_names(len(self.columns)))
        return f"INSERT INTO {self.target} ({names(self.columns)}) SELECT {columns} FROM {self.staging} ORDER BY rowid"

    def update_changed(self) -> str:
        """merge, 1st: rows of a known key take the values that differ."""
        values = [column for column in self.columns if column not in self.key]
        if not values:
            return f"UPDATE {self.target} SET {quote(self.key[0])} = {quote(self.key[0])} WHERE 1 = 0"
        assigned = ", ".join(f"{quote(column)} = w.{self.staged(column)}" for column in values)
        return (
            f"UPDATE {self.target} AS t SET {assigned} FROM {self.winning} AS w "
            f"WHERE {self._same_key()} AND {self._differs()}"
        )

    def insert_new(self) -> str:
        """merge, 2nd: rows of an unknown key."""
        staged = ", ".join(f"w.{name}" for name in staged_names(len(self.columns)))
        return (
            f"INSERT INTO {self.target} ({names(self.columns)}) SELECT {staged} FROM {self.winning} AS w "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.target} AS t WHERE {self._same_key()})"
        )

    def close_changed(self) -> str:
        """scd2, 1st: versions that stand and differ from the load end now."""
        return (
            f"UPDATE {self.target} AS t SET {quote(VALID_TO)} = {self.now} FROM {self.winning} AS w "
            f"WHERE t.{quote(VALID_TO)} IS NULL AND {self._same_key()} AND {self._differs()}"
        )

    def close_absent(self) -> str:
        """scd2, 2nd, of a full load: versions whose key the load does not have end now."""
        return (
            f"UPDATE {self.target} AS t SET {quote(VALID_TO)} = {self.now} WHERE t.{quote(VALID_TO)} IS NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {self.winning} AS w WHERE {self._same_key()})"
        )

    def open_versions(self) -> str:
        """scd2, 3rd: a version for every key that has none that stands."""
        staged = ", ".join(f"w.{name}" for name in staged_names(len(self.columns)))
        return (
            f"INSERT INTO {self.target} ({names(self.columns)}, {quote(VALID_FROM)}, {quote(VALID_TO)}) "
            f"SELECT {staged}, {self.now}, NULL FROM {self.winning} AS w WHERE NOT EXISTS "
            f"(SELECT 1 FROM {self.target} AS t WHERE t.{quote(VALID_TO)} IS NULL AND {self._same_key()})"
        )

    def _same_key(self) -> str:
        return " AND ".join(f"t.{quote(column)} = w.{self.staged(column)}" for column in self.key)

    def _differs(self) -> str:
        values = [column for column in self.columns if column not in self.key]
        tests = [f"t.{quote(column)} {self.differs} w.{self.staged(column)}" for column in values]
        return "(" + " OR ".join(tests or ["1 = 0"]) + ")"
