"""Grade notebooks with exercises: ``python -m methods3.grade exercises/``.

Students' code and the judgement of it never meet.  A notebook runs in a sandbox that
others keep, with a copy of its folder; there, ``check`` only writes down what it was
given.  The grader reads that as plain data, and compares it with the answers.

`submissions` finds the notebooks; `sandbox` says how one is put away; `runner` does it,
and holds the limits; `inside` is what runs in there; `answers` carries what ``check``
was given; `helper` reads and judges in a process with limits; `marks` gives the points;
`grading` puts all of this together, and `report` tells it.  What is protected, and what
is not, is told to teachers in pages/teaching/grading.md.

Nothing is imported here: what runs in the sandbox imports this package too.
"""
