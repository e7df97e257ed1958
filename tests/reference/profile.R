# Writes tests/reference/profile.json: profile intervals by lme4, and intervals of linear
# models by R.  Run from the top of the repository, it takes about a minute:
#   Rscript tests/reference/profile.R
# Needs R with lme4 and jsonlite.  lme4 interpolates its profile: its ends are right to
# some four digits.  Left out is what it gets wrong: ends beyond a second minimum, and
# correlations of effects that may not vary.

suppressMessages({ library(lme4); library(jsonlite) })

read <- function(name, ...) {
  table <- read.csv(Sys.glob(file.path("mlm", "datasets", paste0(name, ".csv*"))))
  for (column in c(...)) table[[column]] <- factor(table[[column]])
  table
}
sleepstudy <- read("sleepstudy", "Subject")
penicillin <- read("penicillin", "plate", "sample")
pastes <- read("pastes", "batch", "cask", "sample")
dyestuff <- read("dyestuff", "Batch")

models <- list(
  list("sleepstudy", "Reaction ~ Days + (Days | Subject)", sleepstudy),
  list("sleepstudy", "Reaction ~ Days + (Days || Subject)", sleepstudy),
  list("sleepstudy", "Reaction ~ 1 + (Days | Subject)", sleepstudy),
  list("dyestuff", "Yield ~ 1 + (1 | Batch)", dyestuff),
  list("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", penicillin),
  list("pastes", "strength ~ 1 + (1 | batch/cask)", pastes)
)
profiles <- lapply(models, function(m) {
  fit <- lmer(as.formula(m[[2]]), m[[3]], REML = FALSE)
  ends <- suppressMessages(confint(fit, level = 0.9, oldNames = FALSE))
  list(data = m[[1]], formula = m[[2]], level = 0.9,
       names = rownames(ends), ends = unname(ends))
})

# What `confint` of a linear model says.
linear <- lapply(c("Reaction ~ Days", "Reaction ~ factor(Days)"), function(f) {
  ends <- confint(lm(as.formula(f), sleepstudy), level = 0.9)
  list(formula = f, names = rownames(ends), ends = unname(ends))
})

write_json(
  list(versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4"))),
       profiles = profiles, linear = linear),
  "tests/reference/profile.json", digits = 10, auto_unbox = TRUE, pretty = TRUE
)
