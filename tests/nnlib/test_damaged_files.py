"""Some of the thousands of damaged files of tests/tools/damage_files.py, which is also run by hand with more."""

import damage_files
import pytest


@pytest.mark.slow
def test_every_answer_names_the_file_or_is_what_the_whole_one_holds():
    before = damage_files.megabytes()
    counts, wrong = damage_files.damage(1500)
    assert wrong == []
    assert damage_files.megabytes() - before < damage_files.MOST
    assert sum(counts.values()) > 1300
    assert {name for name, _, _ in counts} == {
        *("network", "checkpoint", "weights", "IDX, gzip", "IDX", "digits"),
    }
    refused = sum(count for (_, _, said), count in counts.items() if said == "refused")
    assert refused > 1000
