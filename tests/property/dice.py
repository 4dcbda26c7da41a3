# SPDX-License-Identifier: Apache-2.0
"""Choices read from the bytes that hypothesis drew: byte zero is always the first and simplest choice, so that a failing
history shrinks to a plain one."""


class Dice:
    def __init__(self, data):
        self.data, self.place = data, 0

    def below(self, count):
        if self.place >= len(self.data):
            return 0
        self.place += 1
        return self.data[self.place - 1] % count

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def some(self, choices, most):
        """Up to most distinct choices, in their order."""
        if not choices:
            return []
        first, count = self.below(len(choices)), self.below(most + 1)
        taken = {(first + step) % len(choices) for step in range(min(count, len(choices)))}
        return [choices[i] for i in sorted(taken)]

    def chance(self, one_in):
        return self.below(one_in) == one_in - 1
