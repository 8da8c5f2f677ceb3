"""Damage files in thousands of ways, read them and count the answers: tests/tools/damage_files.py --number 20000

Every answer must be one sentence that names the file, or what the whole file holds if the damage cannot matter:
never a crash, a hang, other numbers, or much memory. The exit code is 1 if there was anything else.
"""

import argparse
import gzip
import io
import pickle
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from nnlib import _files, datasets
from nnlib.activations import ReLU
from nnlib.callbacks import KeepBest
from nnlib.checkpoints import Checkpoint
from nnlib.layers import Dense
from nnlib.mnist import load_idx
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import Adam
from nnlib.regularization import Dropout
from nnlib.training import History, State
from nnlib.weights import load_weights

SLOW = 5.0  # seconds, and how many megabytes more than before the first file
MOST = 300


@dataclass
class Kind:
    """One kind of file: a whole one, where it lies, and what is read from it as bytes."""

    path: Path
    whole: bytes
    read: Callable[[], bytes]
    # where every bit is flipped
    headers: list[range]


# The files.


def network(seed: int = 0, width: int = 24) -> Network:
    """One array above 4 kB, NumPy's buffer, and small ones, and statistics."""
    rng = np.random.default_rng(seed)
    layers = [Dense(24, width, rng=rng), BatchNorm(width), ReLU(), Dropout(0.5, rng=rng)]
    return Network([*layers, Dense(width, 3, rng=rng)])


def bits(one: Network) -> bytes:
    return b"".join(parameter.value.tobytes() for parameter in one.state())


def networks(folder: Path) -> Kind:
    path = network().save(folder / "network")
    return _kind(path, lambda: bits(Network.load(path)))


def weights(folder: Path) -> Kind:
    path = folder / "weights.npz"
    rng = np.random.default_rng(1)
    arrays = {"W1": rng.random((24, 24)), "b1": rng.random(24)}
    np.savez(path, **arrays)

    def read() -> bytes:
        one = Network([Dense(24, 24, rng=np.random.default_rng(0))])
        before = bits(one)
        try:
            load_weights(one, path, layout="nnlib")
        except Exception:
            if bits(one) != before:
                raise AssertionError("refused, but changed") from None
            raise
        return bits(one)

    return _kind(path, read)


def checkpoints(folder: Path) -> Kind:
    path = folder / "run.npz"

    def run(seed: int) -> tuple:
        one, rng, best = network(seed, width=4), np.random.default_rng(seed), KeepBest()
        return one, Adam(one.parameters(), 0.1), rng, best

    def facts(one: Network, optimizer: Adam, rng: np.random.Generator, best: KeepBest) -> bytes:
        memory = {**optimizer.state(), **best.state()}
        arrays = [memory[name].tobytes() for name in sorted(memory)]
        return bits(one) + b"".join(arrays) + str(rng.bit_generator.state).encode()

    def read() -> bytes:
        parts = run(1)
        before = facts(*parts)
        one, optimizer, rng, best = parts
        try:
            Checkpoint(path, callbacks=[best]).resume(one, optimizer, rng)
        except Exception:
            if facts(*parts) != before:
                raise AssertionError("refused, but changed") from None
            raise
        return facts(*parts)

    one, optimizer, rng, best = run(0)
    history = History([1.0], [0.5], [1.0], [0.5])
    Checkpoint(path, callbacks=[best])(State(1, one, optimizer, history, rng, 1))
    return _kind(path, read)


def idx(folder: Path, pack: Callable[[bytes], bytes], ending: str) -> Kind:
    """The images of four tiny files; without gzip only the header can be told from values."""
    rng = np.random.default_rng(0)
    arrays = {
        "train-images-idx3-ubyte": rng.integers(0, 256, (9, 6, 6)),
        "train-labels-idx1-ubyte": rng.integers(0, 10, 9),
        "t10k-images-idx3-ubyte": rng.integers(0, 256, (2, 6, 6)),
        "t10k-labels-idx1-ubyte": rng.integers(0, 10, 2),
    }
    folder.mkdir()
    for name, array in arrays.items():
        head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (folder / f"{name}{ending}").write_bytes(pack(head + array.astype(np.uint8).tobytes()))
    path = folder / f"train-images-idx3-ubyte{ending}"

    def read() -> bytes:
        return b"".join(array.tobytes() for pair in load_idx(folder) for array in pair)

    return Kind(path, path.read_bytes(), read, [range(16)])


def digits(folder: Path) -> Kind:
    path = folder / "digits.csv.gz"
    path.write_bytes(_files.data_file(path.name).read_bytes())

    def read() -> bytes:
        datasets.data_file = lambda name: folder / name
        try:
            return b"".join(array.tobytes() for array in datasets.load_digits())
        finally:
            datasets.data_file = _files.data_file

    return Kind(path, path.read_bytes(), read, [range(20)])


def _kind(path: Path, read: Callable[[], bytes]) -> Kind:
    """An ``.npz`` file: the headers of zip and array before each member, and the directory at the end."""
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        starts = [member.header_offset for member in file.infolist()]
    headers = [range(start, start + 180) for start in starts]
    return Kind(path, whole, read, [*headers, range(whole.rindex(b"PK\1\2"), len(whole))])


# The damage. Each yields (what was done, the content) for ever, or until there is no more.


def cut(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """Truncated at every byte, beginning with a random one."""
    for place in rng.permutation(len(whole)):
        yield whole[:place]


def header_bits(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """Every bit of every header."""
    places = np.array([place for header in kind.headers for place in header])
    for bit in rng.permutation(len(places) * 8):
        yield _changed(whole, {places[bit // 8]: whole[places[bit // 8]] ^ 1 << bit % 8})


def random_bits(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """One bit anywhere."""
    while True:
        place = int(rng.integers(len(whole)))
        yield _changed(whole, {place: whole[place] ^ 1 << int(rng.integers(8))})


def random_bytes(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """Up to 20 bytes anywhere."""
    while True:
        places = rng.integers(len(whole), size=rng.integers(1, 21))
        yield _changed(whole, {p: int(rng.integers(256)) for p in places})


def pieces(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """A piece cut out, zeroed, doubled, or rubbish put in."""
    while True:
        start, end = sorted(rng.integers(len(whole) + 1, size=2))
        piece, rubbish = whole[start:end], rng.bytes(end - start)
        for middle in (b"", bytes(len(piece)), piece + piece, rubbish, piece + rubbish):
            yield whole[:start] + middle + whole[end:]


def members(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """Arrays of an ``.npz`` file left out, cut, emptied, too long, added or packed, with checksums that are right."""
    if not zipfile.is_zipfile(io.BytesIO(whole)):
        return
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        found = {name: file.read(name) for name in file.namelist()}
    while True:
        name = str(rng.choice(list(found)))
        content, place = found[name], int(rng.integers(len(found[name])))
        for changed in (
            {name: None},
            {name: content[:place]},
            {name: b""},
            {name: content + rng.bytes(1 + place)},
            {f"other{place}.npy": content},
            {f"other{place}.txt": content[:place]},
            {name: _npy(np.zeros(place + 1))},
            {name: _npy(np.array([{}], object))},
            {"huge.npy": _npy(np.zeros(3_000_000))},
        ):
            how = zipfile.ZIP_DEFLATED if "huge.npy" in changed else zipfile.ZIP_STORED
            yield _archive({k: v for k, v in (found | changed).items() if v is not None}, how)


def foreign(whole: bytes, rng: np.random.Generator, kind: Kind) -> Iterator[bytes]:
    """Files of another kind, whole and with a known beginning."""
    starts = [b"", b"PK\3\4", b"\x93NUMPY\1\0v\0", b"\x80\4", b"\x1f\x8b\x08\0", b"\0\0\x08\3"]
    starts += [b"\x89PNG\r\n\x1a\n", b"\x89HDF\r\n\x1a\n", b"<!doctype html>", b"{", b"\xff\xfe"]
    while True:
        content = rng.bytes(int(rng.integers(400)))
        for start in starts:
            yield start + content
        yield pickle.dumps({"W": content})
        yield gzip.compress(content)
        yield gzip.compress(bytes(2_000_000))
        yield _archive({"model/data.pkl": content})
        yield _archive({"x.npy": _npy(np.ones(len(content) + 1))})
        yield _npy(np.ones(len(content)))


WAYS = (cut, header_bits, random_bits, random_bytes, pieces, members, foreign)


def _changed(whole: bytes, bytes_at: dict) -> bytes:
    content = bytearray(whole)
    for place, value in bytes_at.items():
        content[place] = value
    return bytes(content)


def _npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


def _archive(files: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how, compresslevel=1) as file:
        for name, member in files.items():
            file.writestr(name, member)
    return content.getvalue()


# The answers.


def answer(kind: Kind, content: bytes, expected: bytes) -> str:
    """Say how a file was answered: "refused", "the same", or what was wrong."""
    kind.path.write_bytes(content)
    started = time.monotonic()
    try:
        found = "the same" if kind.read() == expected else "OTHER NUMBERS"
    except (ValueError, FileNotFoundError) as error:
        found = _judged(str(error), kind.path)
    except BaseException as error:
        found = f"CRASH {type(error).__name__}: {error}"
    return found if time.monotonic() - started < SLOW else f"SLOW {found}"


def _judged(words: str, path: Path) -> str:
    if not (str(path) in words or str(path.parent) in words):
        return f"UNNAMED {words}"
    sentence = words.partition("\n")[0]  # a table may follow
    if len(sentence) > len(str(path)) + 400 or "allow_pickle" in words:
        return f"WORDS {words[:300]}"
    return "refused"


def kinds(folder: Path) -> dict[str, Kind]:
    return {
        "network": networks(folder),
        "checkpoint": checkpoints(folder),
        "weights": weights(folder),
        "IDX, gzip": idx(folder / "packed", gzip.compress, ".gz"),
        "IDX": idx(folder / "plain", bytes, ""),
        "digits": digits(folder),
    }


def ways(name: str) -> list[Callable]:
    """What can be found out in a file: IDX has no checksum, so only its length and header are looked at.

    What callbacks remember is theirs alone, so a checkpoint that was put together anew is not told from a real one.
    """
    if name == "IDX":
        return [cut, header_bits, foreign]
    return [way for way in WAYS if not (name == "checkpoint" and way is members)]


def damage(number: int, seed: int = 0) -> tuple[Counter, list[str]]:
    """Read about ``number`` damaged files; return the counts (kind, way, answer) and what was wrong."""
    counts: Counter = Counter()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        found = kinds(Path(folder))
        each = -(-number // sum(len(ways(name)) for name in found))
        for name, kind in found.items():
            expected = kind.read()
            for way in ways(name):
                rng = np.random.default_rng(seed)
                for content in islice(way(kind.whole, rng, kind), each):
                    said = answer(kind, content, expected)
                    if content == kind.whole and said == "the same":
                        continue
                    counts[name, way.__name__, said.split()[0]] += 1
                    if said not in ("refused", "the same"):
                        wrong.append(f"{name}, {way.__name__}: {said[:300]}")
            kind.path.write_bytes(kind.whole)
    return counts, wrong


def megabytes() -> float:
    """The most memory that this process has had so far, or 0 if the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--number", type=int, default=12_000, help="about so many files")
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    before = megabytes()
    counts, wrong = damage(chosen.number, chosen.seed)
    more = megabytes() - before
    for (name, way, said), count in sorted(counts.items()):
        print(f"{name:<12} {way:<14} {said:<10} {count:>7,}")
    print(f"{sum(counts.values()):,} files, {len(wrong)} wrong answers, {more:.0f} MB more memory")
    for words in wrong[:20]:
        print(words)
    return int(bool(wrong) or more > MOST)


if __name__ == "__main__":
    sys.exit(main())
