"""What doubling a picture and a convolution after it are together."""

from torch import Tensor


def doubled_kernel(kernel: Tensor) -> Tensor:
    """(outputs, inputs, 3, 3) → (inputs, outputs, 4, 4), for a transposed convolution of stride 2.

    It gives the same as doubling each pixel both ways and then a convolution with `kernel`: each input pixel stands for
    2×2, so the kernel is spread over them.
    """
    spread = kernel.new_zeros(*kernel.shape[:2], 4, 4)
    for row in (0, 1):
        for column in (0, 1):
            spread[:, :, row : row + 3, column : column + 3] += kernel
    return spread.flip(2, 3).transpose(0, 1).contiguous()
