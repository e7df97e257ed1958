# Writes methods3/dictionary/from_r.json: what R gives for each row of methods3/dictionary/rows.toml.
# Run from the top of the repository:  Rscript tests/reference/dictionary.R
# Needs R with lme4 and jsonlite, as lme4.R beside it does.

suppressMessages({ library(lme4); library(jsonlite) })
options(width = 40) # what a column of the dictionary has room for
pdf(NULL) # plots are drawn, and thrown away

# lme4's default stop is about 1e-5 off in theta; every fit is polished.
tight <- lmerControl(
  optimizer = "nloptwrap",
  optCtrl = list(algorithm = "NLOPT_LN_NELDERMEAD", xtol_abs = 1e-12, xtol_rel = 1e-12,
                 ftol_abs = 1e-15, ftol_rel = 0, maxeval = 1e5)
)
lmer <- function(...) lme4::lmer(..., control = tight)
# glm's and glmer's stop too early for this as well.  Their calls are rewritten, since
# weights and update() look into them.
tighter <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13,
                        optCtrl = list(maxfun = 1e6, rhoend = 1e-9))
glm <- function(...) {
  call <- match.call()
  call[[1]] <- quote(stats::glm)
  call$epsilon <- 1e-14
  eval(call, parent.frame())
}
glmer <- function(...) {
  call <- match.call()
  call[[1]] <- quote(lme4::glmer)
  call$control <- quote(tighter)
  eval(call, parent.frame())
}

# Themes and R's code, each on a line of its own.
lines <- readLines("methods3/dictionary/rows.toml", encoding = "UTF-8")
starts <- grep("^\\[\\[", lines)
codes <- grep("^R = '.*'$", lines)
stopifnot(all(codes == starts + 1))
themes <- gsub('[][\"]', "", lines[starts])
code <- sub("^R = '(.*)'$", "\\1", lines[codes])

# Shape, names and values, row by row; a factor is its labels.
plain <- function(value) {
  if (is.factor(value)) value <- as.character(value)
  names <- if (is.array(value)) dimnames(value)[[length(dim(value))]] else names(value)
  shape <- if (length(dim(value)) == 2) dim(value) else length(value)
  if (length(shape) == 2) value <- t(value)
  list(shape = I(shape), names = if (!is.null(names)) I(names), values = I(as.vector(value)))
}

record <- function(code, session) {
  said <- capture.output(value <- eval(parse(text = code), session))
  # What cat() has said is its answer: it has no value.
  if (is.null(value)) return(list(R = code, printed = I(said), value = list(
    shape = I(1L), names = NULL, values = I(paste(said, collapse = "\n")))))
  list(R = code, printed = I(capture.output(print(value))), value = plain(value))
}

setwd("mlm/datasets")
rows <- lapply(split(code, factor(themes, unique(themes))), function(codes) {
  session <- new.env()
  session$sleepstudy <- transform(read.csv("sleepstudy.csv"), Subject = factor(Subject))
  lapply(codes, record, session = session)
})
out <- list(
  made_by = "Rscript tests/reference/dictionary.R",
  R = paste(R.version$major, R.version$minor, sep = "."),
  lme4 = as.character(packageVersion("lme4")),
  rows = rows
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), null = "null", na = "null",
               pretty = TRUE)
writeLines(json, "../../methods3/dictionary/from_r.json")
