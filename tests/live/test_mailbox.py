"""Mailboxes are bounded, count what they drop, and never hold up whoever puts something in."""

from threading import Thread

from deepsing_bridge.live.commands import Chase, FollowBeats, Pause, Play, Seek, SetCues, SetParam, Tap
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.mailbox import Inbox, Outbox, Slot


def test_of_many_values_for_a_knob_the_newest_waits() -> None:
    inbox = Inbox(capacity=4)
    for step in range(10_000):
        assert inbox.put(SetParam("blend", step / 10_000))
        assert inbox.put(Chase(float(step), 0.0))
    assert inbox.take(0) == [SetParam("blend", 0.9999), Chase(9999.0, 0.0)]
    assert inbox.dropped == 0


def test_transport_commands_all_arrive_in_order() -> None:
    inbox = Inbox()
    sent = [Play(), Seek(3.0), Pause(), Seek(5.0), Play()]
    assert all(inbox.put(command) for command in sent)
    assert inbox.take(0) == sent
    assert inbox.take(0) == []


def test_a_value_set_after_a_command_is_obeyed_after_it() -> None:
    inbox = Inbox()
    for command in (SetParam("blend", 0.1), Play(), SetParam("blend", 0.2)):
        inbox.put(command)
    assert inbox.take(0) == [Play(), SetParam("blend", 0.2)]


def test_too_many_commands_are_refused_and_counted() -> None:
    inbox = Inbox(capacity=3)
    assert [inbox.put(Seek(float(n))) for n in range(5)] == [True, True, True, False, False]
    assert inbox.dropped == 2
    assert inbox.put(SetParam("blend", 0.1)) is False
    inbox.take(0)
    assert inbox.put(SetParam("blend", 0.1))


def test_what_nobody_says_twice_is_taken_in_any_flood() -> None:
    inbox = Inbox(capacity=1)
    told = [Chase(3.0, 0.0, moving=False), FollowBeats(None), SetCues((Cue("drop"),))]
    assert inbox.put(Tap()) and not inbox.put(Tap())
    assert all(inbox.put(command) for command in [SetCues(()), *told])
    assert inbox.take(0) == [Tap(), *told]


def test_a_listener_that_does_not_listen_loses_the_oldest() -> None:
    outbox: Outbox[int] = Outbox(capacity=3)
    for number in range(5):
        outbox.put(number)
    assert outbox.take(0) == [2, 3, 4]
    assert outbox.dropped == 2


def test_every_reader_of_a_slot_sees_the_newest_once() -> None:
    slot: Slot[str] = Slot()
    assert slot.after(0, 0) == (0, None)
    slot.put("old")
    slot.put("new")
    number, value = slot.after(0, 0)
    assert value == "new"
    assert slot.after(number, 0) == (number, None)
    assert slot.after(0, 0) == (number, "new")
    assert slot.newest() == "new"


def test_whoever_waits_is_woken() -> None:
    slot: Slot[int] = Slot()
    seen: list[object] = []
    reader = Thread(target=lambda: seen.append(slot.after(0, 10)))
    reader.start()
    slot.put(7)
    reader.join(5)
    assert seen == [(1, 7)]
