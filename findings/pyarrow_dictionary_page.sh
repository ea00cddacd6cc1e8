#!/usr/bin/env bash
# pyarrow 26.0.1: a DictionaryArray whose dictionary has a value twice, which is valid Arrow, is written to Parquet with
# a dictionary page that is larger than what is written into it. The rest of the page is whatever the memory held: two
# writes of one table in one process differ, and bytes of the process leave it with the file. It reads back well.
# Whoever identifies files by a hash, or publishes them, has to write dictionaries without repetitions.
# Seen: "unique: 1 different file of 1000; twice: 2" (two to a dozen, as the memory was). Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import pyarrow as pa
import pyarrow.parquet as pq


def written(names):
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int32()), pa.array(names))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"x": array}), sink, compression="none")
    assert pq.read_table(pa.BufferReader(sink.getvalue()))["x"].to_pylist() == names
    return bytes(sink.getvalue())


def different(names):
    files = set()
    for number in range(1000):
        pa.array([str(number) * 50] * 50)  # memory that is used and given back
        files.add(written(names))
    return len(files)


unique, twice = different(["near", "close", "far"]), different(["near", "near", "far"])
print(f"pyarrow {pa.__version__}: unique: {unique} different file of 1000; twice: {twice}")
assert unique == 1
assert twice > 1
PYTHON
