"""Where this user's own files lie, by the system's custom: settings, what was installed or noted down, and what can be
made again."""

from pathlib import Path

import platformdirs

_NAME = "deepsing-bridge"


def settings_folder() -> Path:
    """`~/.config/deepsing-bridge` on Linux, and what other systems have for it."""
    return platformdirs.user_config_path(_NAME, appauthor=False)


def state_folder() -> Path:
    """`~/.local/state/deepsing-bridge` on Linux, and what other systems have for it."""
    return platformdirs.user_state_path(_NAME, appauthor=False)


def data_folder() -> Path:
    """`~/.local/share/deepsing-bridge` on Linux, `~/Library/Application Support/deepsing-bridge` on macOS,
    `%LOCALAPPDATA%\\deepsing-bridge` on Windows."""
    return platformdirs.user_data_path(_NAME, appauthor=False)


def cache_folder() -> Path:
    """`~/.cache/deepsing-bridge` on Linux, `~/Library/Caches/deepsing-bridge` on macOS,
    `%LOCALAPPDATA%\\deepsing-bridge\\Cache` on Windows: what can be made again."""
    return platformdirs.user_cache_path(_NAME, appauthor=False)
