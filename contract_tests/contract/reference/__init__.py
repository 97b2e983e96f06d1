"""A second writing of the rules: slow, small, and so simple that it can be seen to be right.

It is written from the catalogue and from the rules that open each file of ``fakeim/service/``, not from their code, and
shares nothing with them. It has no index, no undo and no clock: it walks lists, sorts when read, and copies all it
knows before each change, so that a failed one is forgotten by forgetting the copy. What only the target can say (ids,
times, the text of page tokens) stands as an ``Unknown`` until the target shows it.
"""
