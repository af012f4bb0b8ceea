"""The translator's network fits the authors' checkpoints."""

from deepsing_bridge.translation.network import INPUT_ORDER, Translator


def test_the_network_is_the_authors_in_names_shapes_and_order_of_inputs() -> None:
    shapes = {key: tuple(tensor.shape) for key, tensor in Translator(1000, 128).state_dict().items()}
    assert shapes == {
        "fc1.weight": (64, 2),
        "fc1.bias": (64,),
        "fc2.weight": (256, 64),
        "fc2.bias": (256,),
        "fc3_class.weight": (1000, 256),
        "fc3_class.bias": (1000,),
        "fc3_noise.weight": (128, 256),
        "fc3_noise.bias": (128,),
    }
    assert INPUT_ORDER == ("arousal", "valence")
