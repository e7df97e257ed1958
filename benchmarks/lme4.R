# Times lme4 for benchmarks/compare.py: Rscript lme4.R FILE FORMULA REPEATS
# Prints the seconds of each fit, then the criterion.
suppressMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1])
for (name in c("Subject", "plate", "sample", "Batch", "g", "h")) {
  if (name %in% names(data)) data[[name]] <- factor(data[[name]])
}
formula <- as.formula(arguments[2])
fit <- suppressMessages(suppressWarnings(lmer(formula, data))) # once to warm up
for (i in seq_len(as.integer(arguments[3]))) {
  now <- as.numeric(Sys.time())
  fit <- suppressMessages(suppressWarnings(lmer(formula, data)))
  cat(sprintf("%.6f\n", as.numeric(Sys.time()) - now))
}
cat(sprintf("criterion %.9f lme4 %s\n", REMLcrit(fit), packageVersion("lme4")))
