"""A Link peer that knows nothing of the bridge.

It does what lines on its standard input say (`tempo 140`, `play`, `stop`), and tells, as JSON, how the session looks
from there, every 20 ms.
"""

import asyncio
import json
import sys
import time
from threading import Thread

from aalink import Link


async def main(tempo: float) -> None:
    link = Link(tempo)
    link.quantum, link.start_stop_sync_enabled, link.enabled = 4, True, True
    Thread(target=obey, args=(link,), daemon=True).start()
    while True:
        before_s = time.perf_counter()
        beat = link.beat
        at_s = (before_s + time.perf_counter()) / 2
        seen = {"at_s": at_s, "beat": beat, "tempo": link.tempo, "playing": link.playing, "peers": link.num_peers}
        sys.stdout.write(json.dumps(seen) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(0.02)


def obey(link: Link) -> None:
    for line in sys.stdin:
        match line.split():
            case ["tempo", tempo]:
                link.tempo = float(tempo)
            case ["play"]:
                link.playing = True
            case ["stop"]:
                link.playing = False


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
