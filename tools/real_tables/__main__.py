"""Try the tables, write the record and the page: python -m tools.real_tables [PACKAGE ...]"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tools.real_tables.collection import located, tables
from tools.real_tables.page import read_record, write
from tools.real_tables.trial import tried


def main() -> int:
    """Returns 1 when a table does not train, or differs in silence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", help="of all tables only those of these packages are tried again")
    chosen = parser.parse_args().packages
    record = {each["table"]: each for each in read_record()}
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        wanted = [each for each in tables() if not chosen or each.package in chosen]
        for table, path in located(wanted, Path(scratch)):
            found = record[table.name] = tried(table, path)
            bad += not found["trained"] or bool(found["silent"])
            print(table.name, "" if found["first"] else found["said"], found.get("silent") or "", file=sys.stderr)
            write([record[each.name] for each in tables() if each.name in record])
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
