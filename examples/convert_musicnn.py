"""Makes models/musicnn.safetensors of the weights that the package `musicnn` brings, without TensorFlow.

    pip download --no-deps musicnn==0.1.0
    python examples/convert_musicnn.py musicnn-0.1.0-py3-none-any.whl

The package itself wants a TensorFlow and a NumPy of 2019 and cannot be installed any more; its licence is the ISC.
"""

import argparse
import tempfile
import zipfile
from pathlib import Path

from deepsing_bridge import weights
from deepsing_bridge.attributes.tagger import WEIGHTS
from deepsing_bridge.checkpoints.musicnn import read_musicnn
from deepsing_bridge.core.files import sha256

WHEEL = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
MODEL = "musicnn/MSD_musicnn"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="musicnn-0.1.0-py3-none-any.whl")
    wheel = parser.parse_args().wheel
    if sha256(wheel) != WHEEL:
        parser.error(f"{wheel}: not musicnn 0.1.0 as it was published")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        for name in (f"{MODEL}/.index", f"{MODEL}/.data-00000-of-00001"):
            archive.extract(name, folder)
        state = read_musicnn(Path(folder, MODEL))
    weights.save(
        WEIGHTS,
        {name: tensor.half() for name, tensor in state.items()},
        header={"architecture": "MusiCNN", "trained on": "Million Song Dataset, 50 tags"},
        what="music tagger: 3 s of music to 200 numbers and 50 tags (Pons and Serra 2019)",
        licence="ISC",
        command="python examples/convert_musicnn.py musicnn-0.1.0-py3-none-any.whl",
        metrics={"ROC-AUC, as its authors measured": 0.880, "PR-AUC, as its authors measured": 0.289},
    )


if __name__ == "__main__":
    main()
