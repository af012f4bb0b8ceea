"""Any order of coming, going and not being at home, beside what is to be remembered of it."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from deepsing_bridge.protocols.osc.subscribers import FRESH_AFTER_S, GONE_AFTER_S, AnswerLimit, Subscribers

FEW = settings(derandomize=True, max_examples=60, stateful_step_count=40, deadline=None, print_blob=False)
STAYS = ("127.0.0.1", 9000)
addresses = st.sampled_from([("127.0.0.1", 9000 + n) for n in range(6)])


class SubscribersBesideTheirRefusals(RuleBasedStateMachine):
    MOST = 4

    def __init__(self) -> None:
        super().__init__()
        self.table = Subscribers([STAYS], self.MOST)
        self.now_s = 0.0
        self.refusals: dict[tuple[str, int], list[float]] = {}  # of those that subscribed, since they did

    @rule(seconds=st.floats(0, 4))
    def time_goes_by(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(address=addresses)
    def subscribe(self, address: tuple[str, int]) -> None:
        fits = address in self.refusals or len(self.refusals) < self.MOST
        assert self.table.add(address) is fits
        if fits:
            self.refusals[address] = []

    @rule(address=addresses)
    def unsubscribe(self, address: tuple[str, int]) -> None:
        self.table.remove(address)
        self.refusals.pop(address, None)

    @rule(address=addresses)
    def is_not_at_home(self, address: tuple[str, int]) -> None:
        """Gone is whoever has refused for GONE_AFTER_S, with no more than FRESH_AFTER_S between two refusals."""
        known = self.refusals.get(address)
        if known is None:
            assert not self.table.refused(address, self.now_s)
            return
        fresh = not known or self.now_s - known[-1] > FRESH_AFTER_S
        known[:] = [self.now_s] if fresh else [*known, self.now_s]
        gone = self.now_s - known[0] >= GONE_AFTER_S
        assert self.table.refused(address, self.now_s) is gone
        if gone:
            del self.refusals[address]

    @invariant()
    def everyone_is_there_once_and_the_configured_one_always(self) -> None:
        assert set(self.table.everyone()) == {STAYS, *self.refusals}
        assert len(self.table.everyone()) == len(set(self.table.everyone()))


class AnswersBesideAClock(RuleBasedStateMachine):
    EACH, SENDERS = 2, 3

    def __init__(self) -> None:
        super().__init__()
        self.limit = AnswerLimit(self.EACH, self.SENDERS)
        self.now_s, self.since_s = 5.0, 0.0
        self.counts: dict[tuple[str, int], int] = {}

    @rule(seconds=st.floats(0, 1.2))
    def time_goes_by(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(address=addresses)
    def ask(self, address: tuple[str, int]) -> None:
        if self.now_s - self.since_s >= 1:
            self.since_s, self.counts = self.now_s, {}
        answered = self.counts.get(address, 0) < self.EACH and (
            address in self.counts or len(self.counts) < self.SENDERS
        )
        assert self.limit.allows(address, self.now_s) is answered
        if answered:
            self.counts[address] = self.counts.get(address, 0) + 1

    @invariant()
    def the_table_is_bounded(self) -> None:
        assert sum(self.counts.values()) <= self.EACH * self.SENDERS


TestSubscribersBesideTheirRefusals = SubscribersBesideTheirRefusals.TestCase
TestSubscribersBesideTheirRefusals.settings = FEW
TestAnswersBesideAClock = AnswersBesideAClock.TestCase
TestAnswersBesideAClock.settings = FEW
