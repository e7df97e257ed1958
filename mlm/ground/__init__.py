"""What everything stands on: errors, arguments, results that stay, text, triangles."""
