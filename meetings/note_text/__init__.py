"""Notes as people write them, and what they say. Pure: text in, values out."""
