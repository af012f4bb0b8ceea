"""Any order of putting in and taking out, beside lists that do the same the long way."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from deepsing_bridge.live.clock import ManualClock
from deepsing_bridge.live.commands import Chase, Command, Pause, Play, Seek, SetParam
from deepsing_bridge.live.events import Event, TimeAt
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.mailbox import Inbox, Outbox, Slot
from deepsing_bridge.live.vocabulary import vocabulary

FEW = settings(derandomize=True, max_examples=60, stateful_step_count=40, deadline=None, print_blob=False)
commands = st.one_of(
    st.builds(SetParam, st.sampled_from(["blend", "noise", "view"]), st.integers(0, 9)),
    st.builds(Chase, st.floats(0, 60), st.floats(0, 60)),
    st.builds(Seek, st.floats(0, 60)),
    st.sampled_from([Play(), Pause()]),
)


def kind(command: Command) -> object:
    """Of these, only the newest waits."""
    match command:
        case SetParam(name):
            return name
        case Chase():
            return Chase
    return None


class InboxBesideAList(RuleBasedStateMachine):
    CAPACITY = 6

    def __init__(self) -> None:
        super().__init__()
        self.inbox = Inbox(self.CAPACITY)
        self.waiting: list[Command] = []
        self.refused = 0

    @rule(command=commands)
    def put(self, command: Command) -> None:
        older = [other for other in self.waiting if kind(other) is not None and kind(other) == kind(command)]
        fits = bool(older) or isinstance(command, Chase) or len(self.waiting) < self.CAPACITY
        assert self.inbox.put(command) is fits
        if fits:
            self.waiting = [*(other for other in self.waiting if not any(other is one for one in older)), command]
        self.refused += not fits

    @rule()
    def take(self) -> None:
        assert self.inbox.take(0) == self.waiting
        self.waiting = []

    @rule()
    def wake(self) -> None:
        self.inbox.wake()

    @invariant()
    def what_was_refused_is_counted(self) -> None:
        assert self.inbox.dropped == self.refused


class SlotBesideItsReaders(RuleBasedStateMachine):
    readers = Bundle("readers")

    def __init__(self) -> None:
        super().__init__()
        self.slot: Slot[int] = Slot()
        self.count = 0
        self.seen: dict[int, int] = {}

    @rule(target=readers)
    def another_reader(self) -> int:
        self.seen[len(self.seen)] = 0
        return len(self.seen) - 1

    @rule()
    def put(self) -> None:
        self.count += 1
        self.slot.put(self.count)

    @rule(reader=readers)
    def look(self, reader: int) -> None:
        new = self.count > self.seen[reader]
        assert self.slot.after(self.seen[reader], 0) == ((self.count, self.count) if new else (self.count, None))
        self.seen[reader] = self.count

    @invariant()
    def the_newest_is_there(self) -> None:
        assert self.slot.newest() == (self.count or None)


class HubBesideItsListeners(RuleBasedStateMachine):
    """Each hears all that is posted while it is there, but for the oldest of too many."""

    CAPACITY = 5
    listeners = Bundle("listeners")

    def __init__(self) -> None:
        super().__init__()
        self.hub = Hub(vocabulary(), ManualClock())
        self.heard: dict[int, list[Event]] = {}
        self.dropped: dict[int, int] = {}

    @rule(target=listeners)
    def subscribe(self) -> Outbox[Event]:
        outbox = self.hub.subscribe(self.CAPACITY)
        self.heard[id(outbox)], self.dropped[id(outbox)] = [], 0
        return outbox

    @rule(time_s=st.floats(0, 60))
    def post(self, time_s: float) -> None:
        self.hub.post(TimeAt(time_s))
        for listener, events in self.heard.items():
            self.dropped[listener] += len(events) == self.CAPACITY
            self.heard[listener] = [*events, TimeAt(time_s)][-self.CAPACITY :]

    @rule(outbox=listeners)
    def take(self, outbox: Outbox[Event]) -> None:
        assert outbox.take(0) == self.heard[id(outbox)]
        assert outbox.dropped == self.dropped[id(outbox)]
        self.heard[id(outbox)] = []

    @rule(outbox=consumes(listeners))
    def unsubscribe(self, outbox: Outbox[Event]) -> None:
        self.hub.unsubscribe(outbox)
        assert outbox.take(0) == self.heard.pop(id(outbox))
        self.hub.post(TimeAt(0.0))
        assert outbox.take(0) == []
        for listener, events in self.heard.items():
            self.dropped[listener] += len(events) == self.CAPACITY
            self.heard[listener] = [*events, TimeAt(0.0)][-self.CAPACITY :]


TestInboxBesideAList = InboxBesideAList.TestCase
TestInboxBesideAList.settings = FEW
TestSlotBesideItsReaders = SlotBesideItsReaders.TestCase
TestSlotBesideItsReaders.settings = FEW
TestHubBesideItsListeners = HubBesideItsListeners.TestCase
TestHubBesideItsListeners.settings = FEW
