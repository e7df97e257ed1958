# Writes mlm/datasets/minnesota.csv: the outlines of Minnesota's counties.
# Run from the top of the repository:  Rscript scripts/export_counties.R
# Needs R with maps (Debian and Ubuntu: apt install r-cran-maps).
# Afterwards `make test` compares the file with mlm/datasets/provenance.toml.

library(maps)

outlines <- map("county", "minnesota", fill = TRUE, plot = FALSE)
# One polygon for each name, with a missing value between two of them.
polygon <- cumsum(is.na(outlines$x)) + 1
stopifnot(max(polygon) == length(outlines$names))
table <- data.frame(
  county = toupper(sub("minnesota,", "", outlines$names[polygon])),
  longitude = sprintf("%.4f", outlines$x), # a few metres
  latitude = sprintf("%.4f", outlines$y)
)[!is.na(outlines$x), ]

connection <- file("mlm/datasets/minnesota.csv", open = "wb") # same line ends everywhere
write.csv(table, connection, row.names = FALSE, quote = FALSE)
close(connection)
cat("minnesota", dim(table), "from maps", as.character(packageVersion("maps")), "\n")
