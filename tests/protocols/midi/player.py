"""Another program, with nothing but mido: a controller with an output and an input of its own.

    python player.py NAME

reads lines of JSON, `[[seconds, "b0 15 40"], …]`, and sends each list in time; answers `{"began": clock}`, what
`time.perf_counter` was at second 0. What arrives on its input is told as `{"heard": "b0 15 40"}`.
"""

import json
import sys
import time

import mido


def say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(name: str) -> None:
    output = mido.open_output("Fader", virtual=True, client_name=name)
    with mido.open_input(
        "Ring", virtual=True, client_name=name, callback=lambda message: say(heard=message.hex().lower())
    ):
        say(ready=True)
        for line in sys.stdin:
            began_s = time.perf_counter()
            for at_s, message in json.loads(line):
                time.sleep(max(began_s + at_s - time.perf_counter(), 0))
                output.send(mido.Message.from_hex(message))
            say(began=began_s)
    output.close()


if __name__ == "__main__":
    main(sys.argv[1])
