"""The IDX parser: a file written by hand, and every way in which one can be broken."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import _idx

# 00 00 | 08 unsigned byte | 02 two dimensions | 2 rows | 3 columns | the six values
BY_HAND = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255])


def idx_bytes(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_parse_by_hand():
    array = _idx.parse(BY_HAND, "file", 2)
    assert array.tolist() == [[10, 20, 30], [40, 50, 255]]
    assert array.dtype == np.uint8


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_what_is_written_is_read(shape, seed):
    array = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(_idx.parse(idx_bytes(array), "file", len(shape)), array)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_read_packed_or_not(pack, tmp_path):
    path = tmp_path / "images"
    path.write_bytes(pack(BY_HAND))
    assert _idx.read(path, 2).tolist() == [[10, 20, 30], [40, 50, 255]]


@pytest.mark.parametrize("length", range(len(BY_HAND)))
def test_truncated_anywhere(length):
    with pytest.raises(ValueError, match="some-file: truncated"):
        _idx.parse(BY_HAND[:length], "some-file", 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0\1" + BY_HAND[2:], "wrong magic number 00010802"),
        (b"\0\0\x0d" + BY_HAND[3:], "wrong magic number 00000d02"),
        (b"\x89PNG" + BY_HAND[4:], "not an IDX file"),
        (b"\0\0\x08\x03" + BY_HAND[4:], "wrong dimensions, expected 2 and got 3"),
        (BY_HAND + b"\0", "1 trailing bytes"),
        (BY_HAND[:4] + b"\xff" * 8, "truncated"),
    ],
)
def test_refused_with_name_and_reason(content, reason):
    with pytest.raises(ValueError, match=f"some-file: .*{reason}"):
        _idx.parse(content, "some-file", 2)


@given(st.binary(max_size=40))
def test_random_bytes_are_read_or_refused_by_name(content):
    try:
        read = idx_bytes(_idx.parse(content, "some-file", 1))
    except ValueError as error:
        read = str(error)
    assert read == content or read.startswith("some-file: ")


@pytest.mark.parametrize("length", [2, 5, 12, 20, -8, -1])
def test_broken_gzip_names_the_file(length, tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(BY_HAND)[:length])
    with pytest.raises(ValueError, match=r"images\.gz: broken gzip file"):
        _idx.read(path, 2)


def test_one_flipped_bit_in_gzip_is_found(tmp_path):
    packed = bytearray(gzip.compress(BY_HAND))
    packed[-6] ^= 1  # within the checksum
    path = tmp_path / "images.gz"
    path.write_bytes(packed)
    with pytest.raises(ValueError, match=r"images\.gz: broken gzip file"):
        _idx.read(path, 2)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_path_may_be_text(pack, tmp_path):
    (tmp_path / "images").write_bytes(pack(BY_HAND))
    assert _idx.read(str(tmp_path / "images"), 2).shape == (2, 3)


@pytest.mark.parametrize("shape", [b"\0\0\0\2\0\0\0\3", b"\xff" * 8])
def test_a_packed_file_is_unpacked_no_further_than_its_header_says(shape, tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(BY_HAND[:4] + shape + bytes(50_000_000), compresslevel=1))
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"images\.gz: (1 trailing bytes|truncated)"):
        _idx.read(path, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < (5e6 if shape[0] == 0 else 2e8)  # the other header asks for all of it


def test_the_checksum_is_compared_though_no_more_is_read(tmp_path):
    path = tmp_path / "images.gz"
    for damage in (lambda b: b[:-4] + b"\0\0\0\0", lambda b: b[:-8] + b"\0" * 4 + b[-4:]):
        path.write_bytes(damage(gzip.compress(BY_HAND)))
        with pytest.raises(ValueError, match=r"images\.gz: broken gzip file"):
            _idx.read(path, 2)
