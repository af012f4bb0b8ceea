"""Songs in their order: which one follows another. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Playlist:
    songs: tuple[Path, ...] = ()

    def following(self, song: Path | None, but: Collection[Path] = ()) -> Path | None:
        """The one after `song`, leaving out those of `but`; the first one after a song from elsewhere, or none."""
        coming = self.songs[self.songs.index(song) + 1 :] if song in self.songs else self.songs
        return next((other for other in coming if other not in but), None)

    def preceding(self, song: Path | None, but: Collection[Path] = ()) -> Path | None:
        """The one before `song`, leaving out those of `but`."""
        gone = self.songs[: self.songs.index(song)] if song in self.songs else ()
        return next((other for other in reversed(gone) if other not in but), None)


NO_PLAYLIST = Playlist()
