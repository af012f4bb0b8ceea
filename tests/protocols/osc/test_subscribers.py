"""Who hears what goes out by OSC, and how often anybody is answered."""

from deepsing_bridge.protocols.osc.subscribers import AnswerLimit, Subscribers


def test_a_short_absence_is_forgiven() -> None:
    subscribers = Subscribers()
    subscribers.add(("a", 1))
    assert not any(subscribers.refused(("a", 1), second) for second in (0.0, 1.0, 2.0, 3.0, 4.0))
    assert not subscribers.refused(("a", 1), 60.0)
    assert not subscribers.refused(("a", 1), 62.0)
    assert [subscribers.refused(("a", 1), second) for second in (64.0, 65.0)] == [False, True]
    assert subscribers.everyone() == ()


def test_whoever_subscribes_again_is_back() -> None:
    subscribers = Subscribers()
    subscribers.add(("a", 1))
    subscribers.refused(("a", 1), 0.0)
    subscribers.refused(("a", 1), 2.0)
    subscribers.add(("a", 1))
    assert not subscribers.refused(("a", 1), 5.0)


def test_configured_targets_stay() -> None:
    """Their program may be started later, or again in mid-show."""
    subscribers = Subscribers([("a", 1)])
    assert not any(subscribers.refused(("a", 1), float(second)) for second in range(60))
    subscribers.add(("a", 1))
    assert subscribers.everyone() == (("a", 1),)


def test_the_table_of_senders_is_bounded() -> None:
    limit = AnswerLimit(each=2, senders=3)
    assert [limit.allows((name, 1), 5.0) for name in "aabcdab"] == [True, True, True, True, False, False, True]
    assert limit.allows(("d", 1), 6.0)
