"""Questions of the exercises: a module for each lecture, named like its notebook.

Where a lecture has too many for one module, some of one subject have a module of their
own, which that of the lecture takes in.

They hold no engine and no R.  Answers, and the mistakes that students make, are
computed when they are asked for; ``tests/course/test_answers_….py`` compare the answers
with R and lme4, and with closed forms.  What several lectures need is in
`methods3.check.fits`.
"""

from methods3.check.lectures import (
    assignment_0,
    assignment_1,
    assignment_1_attitudes,
    assignment_1_lines,
    assignment_2,
    assignment_2_counts,
    coefficients,
    counts,
    covariance,
    design_matrices,
    formula_to_fit,
    four_ingredients,
    from_r_to_python,
    glmm_fit,
    levels_of_measurement,
    likelihood,
    linear_model,
    live_coding,
    many_subjects,
    maximum_likelihood,
    outgrow,
    pooling,
    power,
    psychometric,
    python,
    reading_the_fit,
    setting_up,
    shrinkage,
    sigma,
    why_multilevel,
    wrap_up,
    wrap_up_links,
)

COURSE = (
    setting_up,
    python,
    from_r_to_python,
    levels_of_measurement,
    linear_model,
    likelihood,
    why_multilevel,
    live_coding,
    design_matrices,
    reading_the_fit,
    sigma,
    covariance,
    pooling,
    shrinkage,
    formula_to_fit,
    wrap_up,
    power,
    outgrow,
    four_ingredients,
    maximum_likelihood,
    coefficients,
    counts,
    many_subjects,
    psychometric,
    glmm_fit,
    wrap_up_links,
    assignment_0,
    assignment_1,
    assignment_1_lines,
    assignment_1_attitudes,
    assignment_2,
    assignment_2_counts,
)
LISTED = {
    name: question
    for lecture in COURSE
    for name, question in sorted(lecture.QUESTIONS.items())
}
