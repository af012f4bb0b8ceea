"""Which stories were made last on this machine: `stories.txt`, one absolute folder a line, the newest first.

It lies in the user's data folder. The scripts in `plugins/` read it to find the newest story; it is text so that any
language can. Knows nothing of what is in a story.
"""

from pathlib import Path

from ..core.errors import BridgeError
from ..core.files import is_file, read_text, write_text
from ..core.user_folders import data_folder

MOST_BYTES = 1 << 20
MOST = 20  # stories; who looks for an older one knows its name


def stories_file() -> Path:
    return data_folder() / "stories.txt"


def remember(folder: Path) -> None:
    """Put story `folder` first in the list. Raises OSError where the list cannot be written."""
    newest = folder.absolute()
    file = stories_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    folders = [newest, *(known for known in recent() if known != newest)]
    write_text(file, "".join(f"{known}\n" for known in folders[:MOST]))


def recent() -> list[Path]:
    """The story folders that were made last and are still there, the newest first. None where the list is damaged: it
    begins anew then."""
    try:
        lines = read_text(stories_file(), MOST_BYTES).split("\n")  # a name may hold other line ends
    except BridgeError:
        return []
    return [Path(line) for line in lines if is_file(Path(line) / "story.otio")]
