"""Files that are whole or not there: nobody ever finds half of one, whenever the power went off."""

import os
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
