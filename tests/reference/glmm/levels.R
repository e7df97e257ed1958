# Levels of every factor of the data sets, in R's order, which their CSVs lose: levels.json.
src <- readLines("glmm.R")
stop_at <- grep("^# ---- cases", src)[1] - 1
suppressPackageStartupMessages(library(jsonlite))
eval(parse(text = src[seq(grep("^get_data", src)[1], stop_at)]))
out <- lapply(frames, function(f) { d <- f(); lapply(Filter(is.factor, d), levels) })
write(toJSON(out), "levels.json")
