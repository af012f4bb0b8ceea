"""Whose a block of shared memory is: how a process comes to own it and gives it up. Knows nothing of frames."""

import os
from contextlib import ExitStack, closing, suppress
from time import monotonic

from ...client import (
    HEADER,
    HEADER_SIZE,
    HEARTBEAT,
    LAYOUT,
    MAGIC,
    OWNER,
    SIZE,
    Block,
    attach,
    find,
    is_laid_out,
    is_process,
)
from ...core.errors import BridgeError, Taken
from . import block as sharedblock

DEAD_S = 10.0  # without a heartbeat: whatever process has the owner's number now, it is another or has hung


def claim(name: str) -> Block:
    """A block that this process owns: a new one, or a dead process's. One that hangs keeps its own, without the name.

    Raises BridgeError if a living process or another program has one of this name, or there is no room.
    """
    try:
        try:
            return _owned(sharedblock.create(name, SIZE))
        except FileExistsError:
            return _owned(_taken_over(name))
    except OSError as error:
        raise BridgeError(f"shared memory {name}: cannot be had: {error.strerror or error}") from error


def is_ours(block: Block) -> bool:
    return block.numbers[OWNER] == os.getpid()


def is_whole(block: Block) -> bool:
    """False if somebody has cut the block short."""
    return len(block) >= SIZE


def mend(block: Block) -> None:
    """Write the header of our own block again if somebody wrote over it."""
    if not is_laid_out(block):
        _owned(block)


def beat(block: Block) -> None:
    """Say that the owner lives."""
    block.floats[HEARTBEAT] = monotonic()


def abandon(block: Block, name: str) -> None:
    """Say that the owner has left; take the name away unless it is somebody else's block that has it now; close."""
    block.numbers[OWNER] = 0
    named = find(name)
    if named is not None:
        with closing(named):
            if named.numbers[OWNER] == 0:
                sharedblock.unlink(name)
    block.close()


def living_owner(name: str) -> int:
    """The number of the process that has the block of this name now, 0 if none lives that does."""
    block = find(name)
    if block is None:
        return 0
    with closing(block), suppress(OSError):  # cut short in this moment
        return int(block.numbers[OWNER]) if lives(block, DEAD_S) else 0
    return 0


def lives(block: Block, patience_s: float) -> bool:
    """Whether the block has an owner, whose heartbeat is no older than `patience_s`."""
    owner = block.numbers[OWNER]
    return owner != 0 and monotonic() - block.floats[HEARTBEAT] < patience_s and is_process(owner)


def _taken_over(name: str) -> Block:
    """What is there under this name, if nobody lives who owns it. Raises BridgeError otherwise."""
    try:
        block = attach(name, writable=True)
    except ValueError:  # of no size: its maker died before it had one
        return _replaced(name)
    except PermissionError as error:
        raise Taken(f"shared memory {name}: {error.strerror or error}") from error
    with ExitStack() as open_until_known:
        open_until_known.callback(block.close)
        if len(block) < HEADER_SIZE:  # cut short
            return _replaced(name)
        if is_laid_out(block) and not lives(block, DEAD_S):
            if not _hangs(block):
                open_until_known.pop_all()
                return block
            block.numbers[OWNER] = 0
            return _replaced(name)
        magic = block.read(0, 4)
        owner, whole = block.numbers[OWNER] if magic == MAGIC and lives(block, DEAD_S) else 0, is_laid_out(block)
    if owner and (whole or owner != os.getpid()):
        raise Taken(f"shared memory {name}: process {owner} has it")
    if magic not in (MAGIC, bytes(4)):
        raise Taken(f"shared memory {name}: belongs to another program")
    return _replaced(name)  # another version of ours left it, or its maker died halfway


def _hangs(block: Block) -> bool:
    """Whether who had it may wake up in the middle of a frame, and go on writing there."""
    owner = block.numbers[OWNER]
    return os.name != "nt" and owner != 0 and is_process(owner)


def _replaced(name: str) -> Block:
    sharedblock.unlink(name)
    return sharedblock.create(name, SIZE)


def _owned(block: Block) -> Block:
    """`block`, with this process as its owner; the magic comes last, when all else is true."""
    beat(block)
    block.numbers[OWNER] = os.getpid()
    block.write(0, HEADER.pack(bytes(4), *LAYOUT[1:]))
    block.write(0, MAGIC)
    return block
