"""Where this user's own files lie, by the system's custom: settings, and what was installed or noted down."""

from pathlib import Path

import platformdirs

_NAME = "deepsing-bridge"


def settings_folder() -> Path:
    """`~/.config/deepsing-bridge` on Linux, and what other systems have for it."""
    return platformdirs.user_config_path(_NAME, appauthor=False)


def data_folder() -> Path:
    """`~/.local/share/deepsing-bridge` on Linux, `~/Library/Application Support/deepsing-bridge` on macOS,
    `%LOCALAPPDATA%\\deepsing-bridge` on Windows."""
    return platformdirs.user_data_path(_NAME, appauthor=False)
