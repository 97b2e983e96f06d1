"""What a fake account holds, as pages of HTML and drawings in SVG that need nothing else; needs the extra ``html``.

``account`` reads an account and says what is to be shown of it, with ``calls`` for its calls and ``events`` for its
timelines; ``axis``, ``bars`` and ``curves`` say what stands where in a drawing; ``words`` writes values for people. The
templates decide how all of it looks, and ``pages`` renders them: the one place where text becomes HTML.
"""
