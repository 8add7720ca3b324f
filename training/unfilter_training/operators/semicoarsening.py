"""The preconditioner of `sparse`: one multigrid cycle with semicoarsening and line relaxation.

Photos give link weights that jump by many orders of magnitude from one pixel to the next, where pointwise smoothing and
geometric interpolation fail; so each level halves one axis only, relaxes whole lines along the other, and takes its
interpolation and coarse system from the weights (Schaffer, SIAM J. Sci. Comput. 20 (1998) 228). Lines are solved by cyclic
reduction: everything is data-parallel.

Inside, images are *packed*: their even columns, then their odd ones, so that each set is one slice.
"""

import torch
from torch import Tensor

DENSE = 100
"""Levels of at most so many pixels are inverted as dense matrices."""


def pack(images: Tensor) -> Tensor:
    """Even columns, then odd columns."""
    return torch.cat((images[..., ::2], images[..., 1::2]), dim=-1)


def unpack(packed: Tensor) -> Tensor:
    """The law: `unpack(pack(images)) == images`."""
    images = torch.empty_like(packed)
    half = (packed.shape[-1] + 1) // 2
    images[..., ::2], images[..., 1::2] = packed[..., :half], packed[..., half:]
    return images


class _Lines:
    """Tridiagonal systems along the rows axis (-2), factored by cyclic reduction: odd rows are eliminated, then again."""

    def __init__(self, diagonal: Tensor, link: Tensor) -> None:
        odd, before, after = diagonal[..., 1::2, :], link[..., ::2, :], link[..., 1::2, :]
        self.count, self.inner = odd.shape[-2], after.shape[-2]
        if not self.count:
            self.inverse = 1 / diagonal
            return
        self.inverse = 1 / odd
        self.before = before * self.inverse
        self.after = after * self.inverse[..., : self.inner, :]
        even = diagonal[..., ::2, :].clone()
        even[..., : self.count, :] -= before * self.before
        even[..., 1:, :] -= after * self.after
        self.reduced = _Lines(even, after * self.before[..., : self.inner, :])

    def solve(self, right: Tensor, out: Tensor) -> Tensor:
        if not self.count:
            return torch.mul(right, self.inverse, out=out)
        odd, reduced = right[..., 1::2, :], right[..., ::2, :].clone()
        reduced[..., : self.count, :].addcmul_(self.before, odd)
        reduced[..., 1:, :].addcmul_(self.after, odd[..., : self.inner, :])
        even = self.reduced.solve(reduced, out[..., ::2, :])
        odd = torch.mul(odd, self.inverse, out=out[..., 1::2, :])
        odd.addcmul_(self.before, even[..., : self.count, :])
        odd[..., : self.inner, :].addcmul_(self.after, even[..., 1:, :])
        return out


class _Links:
    """Links of odd columns with the even ones on one side: at the same row, with one row below it, with one row above."""

    def __init__(self, level: Tensor, below: Tensor | None, above: Tensor | None) -> None:
        self.level, self.below, self.above = level.contiguous(), below, above
        if below is not None and above is not None:
            self.below, self.above = below.contiguous(), above.contiguous()

    def to_odd(self, odd: Tensor, even: Tensor) -> None:
        self._add(odd, even, self.below, self.above)

    def to_even(self, even: Tensor, odd: Tensor) -> None:
        self._add(even, odd, self.above, self.below)

    def _add(self, target: Tensor, source: Tensor, below: Tensor | None, above: Tensor | None) -> None:
        target.addcmul_(self.level, source)
        if below is not None and above is not None:
            target[..., :-1, :].addcmul_(below, source[..., 1:, :])
            target[..., 1:, :].addcmul_(above, source[..., :-1, :])


class Level:
    """A system on a grid of 5 or 9 points, and its approximate inverse.

    Odd columns are eliminated. The next level holds the even columns, transposed, so that the axes take turns.

    Args:
        diagonal: of the matrix; its other entries are minus the links.
        along, across: links with the pixel below and with the pixel to the right.
        falling, rising: links of (row, column) with (row + 1, column + 1), and of (row + 1, column) with (row, column + 1).
    """

    def __init__(
        self,
        diagonal: Tensor,
        along: Tensor,
        across: Tensor,
        falling: Tensor | None = None,
        rising: Tensor | None = None,
    ) -> None:
        self.height, self.width = diagonal.shape[-2:]
        self.dense: Tensor | None = None
        self.even = _Lines(diagonal[..., ::2].contiguous(), along[..., ::2].contiguous())
        if self.width == 1:
            return
        self.odd = _Lines(diagonal[..., 1::2].contiguous(), along[..., 1::2].contiguous())
        if falling is None or rising is None:
            self.left, self.right = _Links(across[..., ::2], None, None), _Links(across[..., 1::2], None, None)
        else:
            self.left = _Links(across[..., ::2], rising[..., ::2], falling[..., ::2])
            self.right = _Links(across[..., 1::2], falling[..., 1::2], rising[..., 1::2])
        self.count, self.inner = self.left.level.shape[-1], self.right.level.shape[-1]
        if falling is not None and self.height * self.width <= DENSE:
            self.dense = torch.linalg.inv(self._matrix(diagonal, along, across, falling, rising))
        else:
            self.coarse = self._reduce(diagonal, along)

    def split(self, packed: Tensor) -> tuple[Tensor, Tensor]:
        """Even and odd columns."""
        half = packed.shape[-1] - self.count
        return packed[..., :half], packed[..., half:]

    def cycle(self, right: Tensor) -> Tensor:
        """Approximate solution: even and odd columns are relaxed before the coarse correction, and in reverse after it."""
        result = torch.empty_like(right)
        if self.width == 1:
            return self.even.solve(right, result)
        if self.dense is not None:
            return (self.dense @ right.flatten(-2).unsqueeze(-1)).view_as(right)
        even_right, odd_right = self.split(right)
        even, odd = self.split(result)
        self.even.solve(even_right, even)
        self.odd.solve(self._add_to_odd(odd_right.clone(), even), odd)
        residual = self._add_to_even(torch.zeros_like(even), odd)
        correction = self.coarse.cycle(torch.cat((residual[..., ::2, :].mT, residual[..., 1::2, :].mT), dim=-1))
        half = (self.height + 1) // 2
        even[..., ::2, :] += correction[..., :half].mT
        even[..., 1::2, :] += correction[..., half:].mT
        self.odd.solve(self._add_to_odd(odd_right.clone(), even), odd)
        self.even.solve(self._add_to_even(even_right.clone(), odd), even)
        return result

    def _add_to_odd(self, odd: Tensor, even: Tensor) -> Tensor:
        self.left.to_odd(odd, even[..., : self.count])
        self.right.to_odd(odd[..., : self.inner], even[..., 1:])
        return odd

    def _add_to_even(self, even: Tensor, odd: Tensor) -> Tensor:
        self.left.to_even(even[..., : self.count], odd)
        self.right.to_even(even[..., 1:], odd[..., : self.inner])
        return even

    def _reduce(self, diagonal: Tensor, along: Tensor) -> "Level":
        """The Galerkin system on even columns, where odd pixels take a weighted mean of the even pixels left and right."""
        left, right, inner = self.left, self.right, self.inner
        odd_diagonal, odd_along = diagonal[..., 1::2].contiguous(), along[..., 1::2].contiguous()
        diagonal, along = diagonal[..., ::2].clone(), along[..., ::2].clone()
        # The weights are what an odd column answers to the value 1 in all of its left or all of its right column: so a
        # pixel that hangs on its line takes the mean that the line takes.
        a, b = torch.zeros_like(odd_diagonal), torch.zeros_like(odd_diagonal)
        left.to_odd(a, torch.ones_like(a))
        right.to_odd(b[..., :inner], torch.ones_like(b[..., :inner]))
        a, b = self.odd.solve(a, torch.empty_like(a)), self.odd.solve(b, torch.empty_like(b))[..., :inner]
        diagonal[..., : self.count] += a * (a * odd_diagonal - 2 * left.level)
        diagonal[..., 1:] += b * (b * odd_diagonal[..., :inner] - 2 * right.level)
        along[..., : self.count] += a[..., :-1, :] * a[..., 1:, :] * odd_along
        along[..., 1:] += b[..., :-1, :] * b[..., 1:, :] * odd_along[..., :inner]
        if left.below is not None and left.above is not None:
            along[..., : self.count] += a[..., :-1, :] * left.below + a[..., 1:, :] * left.above
            along[..., 1:] += b[..., :-1, :] * right.below + b[..., 1:, :] * right.above
        a, odd_diagonal, odd_along = a[..., :inner], odd_diagonal[..., :inner], odd_along[..., :inner]
        across = a * right.level + b * (left.level[..., :inner] - a * odd_diagonal)
        falling = a[..., :-1, :] * b[..., 1:, :] * odd_along
        rising = a[..., 1:, :] * b[..., :-1, :] * odd_along
        if left.below is not None and left.above is not None:
            falling += a[..., :-1, :] * right.below + b[..., 1:, :] * left.above[..., :inner]
            rising += a[..., 1:, :] * right.above + b[..., :-1, :] * left.below[..., :inner]
        return Level(*(each.mT for each in (diagonal, across, along, falling, rising)))

    def _matrix(self, diagonal: Tensor, along: Tensor, across: Tensor, falling: Tensor, rising: Tensor) -> Tensor:
        """Dense, for packed images."""
        pixel = torch.arange(self.height * self.width, device=diagonal.device).view(self.height, self.width)
        pixel = unpack(pixel)
        matrix = torch.zeros(*diagonal.shape[:-2], pixel.numel(), pixel.numel(), dtype=diagonal.dtype, device=pixel.device)
        matrix[..., pixel, pixel] = diagonal
        for links, first, second in (
            (along, pixel[:-1], pixel[1:]),
            (across, pixel[:, :-1], pixel[:, 1:]),
            (falling, pixel[:-1, :-1], pixel[1:, 1:]),
            (rising, pixel[1:, :-1], pixel[:-1, 1:]),
        ):
            matrix[..., first, second] = matrix[..., second, first] = -links
        return matrix
