"""Print what the record of a data set says, as far as its file says it.

    python scripts/record_data.py mlm/datasets/NAME.csv

The entry is for mlm/datasets/provenance.toml.  What stands there as "?" only somebody
who knows the data can write.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

UNKNOWN = ("title", "description", "source", "licence", "citation")


def record(path):
    """Record of a file, in TOML.

    Parameters
    ----------
    path : Path
        A CSV file, or one compressed by xz.

    Returns
    -------
    str
    """
    data = pd.read_csv(path)
    name = path.name.split(".")[0]
    missing = data.isna().sum()
    lines = [f"[{name}]", f'file = "{path.name}"']
    lines += [f'{key} = "?"' for key in UNKNOWN]
    lines += [
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"',
        f"rows = {len(data)}",
        'pitfalls = [\n    "?",\n]',
        f"\n[{name}.columns]",
        *(f'{json.dumps(column)} = "? (unit)"' for column in data.columns),
    ]
    if missing.any():
        lines.append(f"\n[{name}.missing]")
        some = missing[missing > 0]
        lines += [f"{json.dumps(column)} = {count}" for column, count in some.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("Which file? python scripts/record_data.py mlm/datasets/NAME.csv")
    print(record(Path(sys.argv[1])))
