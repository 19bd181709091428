"""When the number of people in a group may be told, and when it would tell of the people.

The rule, for every count of people that share an opinion:

1. How many support an idea, and how many take part in all, is public: exact, and at any time.
2. A part of them, picked by anything about them or by when they voted, is told only if it is nobody or at least
   FEWEST people. That is primary suppression.
3. The whole being public, a part gives away the rest. So it is told only if the rest, too, is nobody or at least
   FEWEST people. That is secondary suppression.
4. Parts that are told of one whole mustn't overlap, or the difference of two of them would be a part as well; and a
   part is told of a stretch of time that is over, or of a moving one whose ends nobody can set.

Pure: takes numbers, gives numbers.
"""

FEWEST = 5


def is_small(number: int) -> bool:
    """Whether so many people are too few to be told of, though they are somebody."""
    return 0 < number < FEWEST


def may_be_told(part: int, whole: int) -> bool:
    """Whether `part` of a public `whole` may be told: neither it nor the rest is small."""
    return not is_small(part) and not is_small(whole - part)
