"""Files that are whole or not there: nobody ever finds half of one, whenever the power went off."""

import os
import re
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary file beside ``path``, and rename it to ``path`` when all of it is on disk.

    Raises what the disk raises (``OSError``), with the old file left as it was and the temporary one removed.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files that writers of ``path`` left when they were killed. None may be writing it now."""
    pattern = re.compile(re.escape(path.name) + r"\.[0-9a-f]{8}\.part")
    for file in path.parent.iterdir() if path.parent.is_dir() else ():
        if pattern.fullmatch(file.name):
            file.unlink()
