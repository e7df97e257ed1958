"""Grade notebooks with exercises: ``python -m mlm.grade exercises/``.

Students' code and the judgement of it never meet.  A notebook runs in a kernel of its
own, in a copy of its folder; there, ``check`` only writes down what it was given.
The grader reads that as plain data, and compares it with the answers of `mlm.check`.

`submissions` finds the notebooks; `runner` starts a kernel and gives it the cells;
`kernel` is what runs in there, behind the `guard` and the walls of `landlock`;
`answers` carries what ``check`` was given; `marks` judges it; `grading` puts all of
this together, and `report` tells it.  What is protected, and what is not, is told to
teachers in teaching/grading.md.

Nothing is imported here: a student's kernel imports this package too.
"""
