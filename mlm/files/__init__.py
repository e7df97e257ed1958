"""Data that do not fit in memory: read chunk by chunk, summed, never kept."""
