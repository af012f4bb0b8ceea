"""How strongly filters answer a spectrogram, at the pitch where each does most: the maxima of convolutions, as products
of matrices that stay in the processor's cache.

A tall filter slides over pitches, which is a product of spectra along pitch. Back from these, pitches lie around a
middle one: two of them, as far above it as below, have an even part in common and differ in the sign of an odd one.
Each part is one product, and the greater answer of both is the even part plus the size of the odd one. That takes a
quarter of the multiplications.
"""

import torch
from torch import Tensor

_BLOCK = 32  # frames
_AT_ONCE = 4  # frames whose answers of long filters are one product, of a matrix that is wide enough for it


class TallFilters:
    """Filters that slide over pitches; what their spectra are multiplied by is made once."""

    def __init__(self, filters: Tensor, bands: int) -> None:
        """`filters` (count, length, height), for spectrograms of so many `bands`, which is even."""
        self._count, self._length, height = filters.shape
        self._real, self._imaginary = _spectra(filters, bands)
        self._even, self._odd = _around_the_middle(bands - height + 1, bands)

    def strongest(self, padded: Tensor) -> Tensor:
        """(frames + length − 1, bands) → (frames, count)."""
        frames = len(padded) - self._length + 1
        spectra = torch.view_as_real(torch.fft.rfft(_whole_blocks(padded, frames))).transpose(0, 1)
        # (frequencies, frames, 2 · length), real and imaginary parts
        steps = spectra.flatten(1).unfold(1, 2 * self._length, 2)
        answers = padded.new_empty(len(steps), _BLOCK, self._count)
        alike, unlike = (padded.new_empty(len(self._even), _BLOCK * self._count) for _ in range(2))
        strongest = padded.new_empty(steps.shape[1], self._count)
        for first in range(0, frames, _BLOCK):
            heard = steps[:, first : first + _BLOCK].contiguous()
            torch.mm(self._even, torch.bmm(heard, self._real, out=answers).flatten(1), out=alike)
            torch.mm(self._odd, torch.bmm(heard, self._imaginary, out=answers).flatten(1), out=unlike)
            strongest[first : first + _BLOCK] = alike.add_(unlike.abs_()).amax(0).view(_BLOCK, self._count)
        return strongest[:frames]


class LongFilters:
    """Filters of one band each."""

    def __init__(self, filters: Tensor) -> None:
        """`filters` (count, length)."""
        self._count, self._length = filters.shape
        shifted = [torch.nn.functional.pad(filters, (by, _AT_ONCE - 1 - by)) for by in range(_AT_ONCE)]
        self._together = torch.cat(shifted).T.contiguous()

    def strongest(self, padded: Tensor) -> Tensor:
        """(frames + length − 1, bands) → (frames, count)."""
        frames, bands = len(padded) - self._length + 1, padded.shape[1]
        # (bands, frames / 4, length + 3)
        steps = _whole_blocks(padded, frames).T.contiguous().unfold(1, len(self._together), _AT_ONCE)
        rows = _BLOCK // _AT_ONCE
        answers = padded.new_empty(bands * rows, _AT_ONCE * self._count)
        strongest = padded.new_empty(steps.shape[1], _AT_ONCE * self._count)
        for first in range(0, len(strongest), rows):
            heard = steps[:, first : first + rows].reshape(len(answers), -1)
            torch.mm(heard, self._together, out=answers)
            strongest[first : first + rows] = answers.view(bands, rows, -1).amax(0)
        return strongest.view(-1, self._count)[:frames]


def _spectra(filters: Tensor, bands: int) -> tuple[Tensor, Tensor]:
    """(frequencies, 2 · length, count) each: what real and imaginary parts of a spectrogram's spectra are multiplied by
    for the real and for the imaginary parts of the answers' spectra, pitches counted from the middle one."""
    count, length, height = filters.shape
    places = torch.arange(height) + (bands - height) / 2
    turns = _turns(places, bands)
    parts = filters.double().flatten(0, 1) @ torch.cat([turns.cos(), turns.sin()], 1)
    real, imaginary = parts.view(count, length, 2, -1).permute(2, 3, 1, 0).float()
    return torch.stack([real, -imaginary], 2).flatten(1, 2), torch.stack([imaginary, real], 2).flatten(1, 2)


def _around_the_middle(pitches: int, bands: int) -> tuple[Tensor, Tensor]:
    """(pitches from the middle one up, frequencies): what makes even and odd parts of the answers' spectra."""
    turns = _turns(torch.arange(pitches // 2, pitches) - (pitches - 1) / 2, bands)
    weights = torch.full((turns.shape[1],), 2 / bands, dtype=torch.double)
    weights[0] = weights[-1] = 1 / bands
    return (weights * turns.cos()).float(), (weights * turns.sin()).float()


def _turns(places: Tensor, bands: int) -> Tensor:
    """(places, frequencies), radians."""
    return 2 * torch.pi / bands * places.double()[:, None] * torch.arange(bands // 2 + 1)


def _whole_blocks(padded: Tensor, frames: int) -> Tensor:
    """With silence after it, so that frames are whole blocks."""
    return torch.nn.functional.pad(padded, (0, 0, 0, -frames % _BLOCK))
