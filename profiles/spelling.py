"""How far apart two words are spelt."""


def slips(one, other):
    """How many letters to add, leave out, change or swap with their neighbour to make `other` of `one`."""
    table = [[i + j if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i, letter in enumerate(one, start=1):
        for j, wanted in enumerate(other, start=1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (letter != wanted)
            )
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def is_slip(typed, stem):
    """Whether somebody who means a word of this stem may well have typed `typed`: short words have many neighbours.

    A slip in the ending leaves a stem that is too long, such as "informaton" for "inform".
    """
    allowed = 0 if len(typed) < 4 else 1 if len(typed) < 8 else 2
    is_in_ending = len(stem) >= 5 and typed.startswith(stem) and len(typed) - len(stem) <= 5
    return is_in_ending or slips(typed, stem) <= allowed
