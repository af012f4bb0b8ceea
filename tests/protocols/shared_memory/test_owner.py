"""Whose a block is, without a writer's thread and without pictures."""

import os
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deepsing_bridge import client
from deepsing_bridge.client import HEARTBEAT, OWNER, SIZE, Block
from deepsing_bridge.core.errors import BridgeError, Taken
from deepsing_bridge.protocols.shared_memory import block as sharedblock
from deepsing_bridge.protocols.shared_memory import owner

pytestmark = pytest.mark.skipif(os.name == "nt", reason="removes names: there Windows is different")
HEAD = struct.pack("=4sIIIQ", b"DSB1", 1, 256, 3, (SIZE - 256) // 3)


@pytest.fixture
def name() -> Iterator[str]:
    chosen = f"test-{uuid.uuid4().hex[:16]}"
    yield chosen
    sharedblock.unlink(chosen)


@pytest.fixture
def block(name: str) -> Iterator[Block]:
    """Claimed by this process."""
    claimed = owner.claim(name)
    yield claimed
    claimed.close()


@pytest.fixture(scope="module")
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def refusal(name: str) -> str:
    with pytest.raises(Taken) as caught:
        owner.claim(name)
    return str(caught.value)


def test_a_new_block_is_of_zeros_and_for_its_maker_alone(name: str) -> None:
    made = sharedblock.create(name, 4096)
    assert made.read(0, 4096) == bytes(4096)
    if Path("/dev/shm").is_dir():
        assert (Path("/dev/shm") / name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        sharedblock.create(name, 4096)
    made.close()
    sharedblock.unlink(name)
    sharedblock.unlink(name)  # gone already: no harm
    assert client.find(name) is None


@pytest.mark.parametrize("size", [-1, 2**62])
def test_a_block_for_which_there_is_no_room_leaves_no_name_and_no_file(name: str, size: int) -> None:
    files = psutil.Process().num_fds()
    with pytest.raises(OSError):
        sharedblock.create(name, size)
    assert psutil.Process().num_fds() == files
    sharedblock.create(name, 64).close()


def test_where_there_is_no_room_a_sentence_says_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, size: int) -> Block:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sharedblock, "create", full)
    with pytest.raises(BridgeError) as caught:
        owner.claim(name)
    assert str(caught.value) == f"shared memory {name}: cannot be had: No space left on device"


def test_who_claims_a_block_owns_it_from_now_on(name: str, block: Block) -> None:
    assert block.read(0, len(HEAD)) == HEAD
    assert len(block) == SIZE
    assert block.numbers[OWNER] == os.getpid()
    assert 0 <= time.monotonic() - block.floats[HEARTBEAT] < 20
    assert owner.is_ours(block) and owner.is_whole(block)
    assert owner.living_owner(name) == os.getpid()
    block.numbers[OWNER] = os.getppid()
    assert not owner.is_ours(block)
    assert owner.living_owner(name) == os.getppid()


def test_one_who_lives_is_named_and_keeps_it(name: str, block: Block) -> None:
    for process in (os.getpid(), os.getppid()):
        block.numbers[OWNER] = process
        assert refusal(name) == f"shared memory {name}: process {process} has it"
    assert block.numbers[OWNER] == os.getppid()


def test_a_heart_that_has_not_beaten_for_ten_seconds_is_dead(name: str, block: Block) -> None:
    block.floats[HEARTBEAT] = time.monotonic() - owner.DEAD_S + 5
    assert owner.living_owner(name) == os.getpid()
    block.floats[HEARTBEAT] = time.monotonic() - owner.DEAD_S - 0.1
    assert owner.living_owner(name) == 0
    assert not owner.lives(block, owner.DEAD_S)
    assert owner.lives(block, owner.DEAD_S + 60)
    owner.beat(block)
    assert owner.lives(block, owner.DEAD_S)


@pytest.mark.parametrize("left_by", ["nobody", "dead"])
def test_what_nobody_has_any_more_is_taken_over_as_it_is(name: str, block: Block, dead: int, left_by: str) -> None:
    block.numbers[client.WRITTEN] = 77
    block.numbers[OWNER] = {"nobody": 0, "dead": dead}[left_by]
    assert owner.living_owner(name) == 0
    again = owner.claim(name)
    assert (again.numbers[OWNER], again.numbers[client.WRITTEN]) == (os.getpid(), 77)
    assert block.numbers[OWNER] == os.getpid()  # the same block, under whoever reads it
    again.close()


def test_one_that_hangs_keeps_a_block_without_a_name_since_it_may_go_on_writing(name: str, block: Block) -> None:
    block.numbers[client.WRITTEN] = 77
    block.numbers[OWNER] = os.getppid()
    block.floats[HEARTBEAT] = time.monotonic() - 2 * owner.DEAD_S
    again = owner.claim(name)
    assert (again.numbers[OWNER], again.numbers[client.WRITTEN]) == (os.getpid(), 0)
    assert (block.numbers[OWNER], block.numbers[client.WRITTEN]) == (0, 77)
    assert owner.living_owner(name) == os.getpid()
    again.close()


def test_a_block_of_another_version_is_its_owner_s_while_that_lives(name: str, block: Block, dead: int) -> None:
    block.write(4, struct.pack("=I", 99))
    block.numbers[OWNER] = os.getppid()
    assert refusal(name) == f"shared memory {name}: process {os.getppid()} has it"
    block.numbers[OWNER] = dead
    again = owner.claim(name)
    assert again.read(0, len(HEAD)) == HEAD
    assert block.numbers[OWNER] == dead  # another block
    again.close()


def test_a_broken_block_of_our_own_is_made_anew(name: str, block: Block) -> None:
    block.write(4, struct.pack("=I", 99))
    again = owner.claim(name)
    again.numbers[OWNER] = os.getppid()
    assert block.numbers[OWNER] == os.getpid()
    assert owner.living_owner(name) == os.getppid()
    again.close()


def test_another_program_s_block_is_neither_taken_nor_removed(name: str, block: Block) -> None:
    block.write(0, b"PNG!")
    assert refusal(name) == f"shared memory {name}: belongs to another program"
    there = client.attach(name)
    assert there.read(0, 4) == b"PNG!"
    there.close()


def test_a_block_that_is_too_small_for_a_header_is_made_anew(name: str) -> None:
    for size in (64, 255):
        sharedblock.create(name, size).close()
        claimed = owner.claim(name)
        assert len(claimed) == SIZE
        assert owner.living_owner(name) == os.getpid()
        claimed.close()
        sharedblock.unlink(name)


def test_a_block_whose_maker_died_before_it_had_a_size_is_made_anew(name: str) -> None:
    os.close(sharedblock._posixshmem.shm_open(f"/{name}", os.O_CREAT | os.O_RDWR, mode=0o600))
    owner.claim(name).close()
    assert owner.living_owner(name) == os.getpid()


def test_a_block_whose_maker_died_before_it_had_a_header_is_made_anew(name: str) -> None:
    sharedblock.create(name, SIZE).close()
    owner.claim(name).close()
    assert owner.living_owner(name) == os.getpid()


def test_a_header_s_worth_of_another_program_is_left_alone(name: str) -> None:
    other = sharedblock.create(name, client.HEADER_SIZE)
    other.write(0, b"PNG!")
    assert refusal(name) == f"shared memory {name}: belongs to another program"
    other.close()


def test_what_may_not_be_opened_is_told(name: str, block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(name: str, writable: bool) -> Block:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(owner, "attach", forbidden)
    assert refusal(name) == f"shared memory {name}: Permission denied"


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="only Linux shows blocks as files")
def test_a_block_that_was_cut_short_is_not_whole(name: str, block: Block) -> None:
    assert owner.is_whole(block)
    os.truncate(Path("/dev/shm") / name, SIZE - 1)
    assert not owner.is_whole(block)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="only Linux shows blocks as files")
def test_a_block_that_is_cut_short_while_it_is_looked_at_has_no_owner(
    name: str, block: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_just_before(name: str) -> Block | None:
        found = client.find(name)
        os.truncate(Path("/dev/shm") / name, 16)
        return found

    monkeypatch.setattr(owner, "find", found_just_before)
    assert owner.living_owner(name) == 0


def test_a_header_is_mended_only_where_it_is_broken(block: Block) -> None:
    block.floats[HEARTBEAT] = 1.0
    owner.mend(block)
    assert block.floats[HEARTBEAT] == 1.0
    block.write(8, bytes(4))
    owner.mend(block)
    assert block.read(0, len(HEAD)) == HEAD
    assert block.floats[HEARTBEAT] > 1.0


def test_who_leaves_takes_the_name_along_unless_it_is_another_s(name: str, block: Block) -> None:
    sharedblock.unlink(name)
    other = owner.claim(name)
    other.numbers[OWNER] = os.getppid()
    owner.abandon(block, name)
    assert owner.living_owner(name) == os.getppid()
    owner.abandon(other, name)
    assert client.find(name) is None
    assert owner.living_owner(name) == 0


def test_who_leaves_where_the_name_is_gone_does_no_harm(name: str) -> None:
    claimed = owner.claim(name)
    sharedblock.unlink(name)
    owner.abandon(claimed, name)
    assert client.find(name) is None


def test_looking_leaves_no_file_open(name: str, block: Block, dead: int) -> None:
    files = psutil.Process().num_fds()
    for process in (os.getppid(), dead):
        block.numbers[OWNER] = process
        owner.living_owner(name)
    block.numbers[OWNER] = os.getppid()
    refusal(name)
    assert psutil.Process().num_fds() == files
