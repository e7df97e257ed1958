"""Grade notebooks with exercises: ``python -m methods3.grade exercises/``.

Students' code and the judgement of it never meet.  A notebook runs in a sandbox that
others keep, with a copy of its folder; there, ``check`` only writes down what it was
given.  The grader reads that as plain data, and compares it with the answers.

`downloads` says whose work is whose, and `submissions` finds the notebooks; `sandbox`
says how one is put away; `runner` does it, and holds the limits; `inside` is what runs
in there; `answers` carries what ``check`` was given; `workers` run many, and `kept`
keeps what they did; `places` has folders for all that; `helper` reads and judges in a
process with limits; `marks` gives the points; `grading` puts all of this together.

`report` tells it, `items` what a class made of each question, `tables` both for
spreadsheets, `feedback` each student what was said; `upload` fills the files of Moodle
and Canvas, with `sheet`; `files` writes what is asked for.  What is protected, and what
is not, is told to teachers in pages/teaching/grading.md.

Nothing is imported here: what runs in the sandbox imports this package too.
"""
