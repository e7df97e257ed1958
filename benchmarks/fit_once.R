# Times lme4 for benchmarks/compare.py: Rscript lme4.R FILE FORMULA REPEATS
# Prints a line of JSON as fit_once.py does.  The first fit, of sleepstudy, warms up.
suppressMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1])
formula <- as.formula(arguments[2])
for (name in unique(unlist(lapply(findbars(formula), function(bar) all.vars(bar[[3]]))))) {
  data[[name]] <- factor(data[[name]])
}
quietly <- function(...) suppressMessages(suppressWarnings(lmer(...)))
fit <- quietly(Reaction ~ Days + (Days | Subject), sleepstudy)
seconds <- c()
for (i in seq_len(as.integer(arguments[3]))) {
  now <- as.numeric(Sys.time())
  fit <- quietly(formula, data)
  seconds <- c(seconds, as.numeric(Sys.time()) - now)
  if (tail(seconds, 1) > 5) break
}
list_of <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
cat(sprintf('{"version": "%s", "seconds": %s, "theta": %s}\n',
            packageVersion("lme4"), list_of(seconds), list_of(getME(fit, "theta"))))
